using System.Runtime.InteropServices;
using Tmds.Linux;

namespace LibNetwork.Linux.Native;

/// <content>Receiving with what the kernel says beside the bytes. The structures are glibc's for 64-bit machines.</content>
internal static unsafe partial class SystemCalls
{
    private const int OptionListenAllNamespaces = 8;   // NETLINK_LISTEN_ALL_NSID, as an option and as the type of what comes beside a message
    private const int ControlHeaderSize = 16;   // struct cmsghdr
    private const int ControlSpace = 128;

    /// <summary>Lets a socket hear what happens in all namespaces that its own namespace has an id for.</summary>
    /// <returns>0 or the error number; EPERM without CAP_NET_BROADCAST.</returns>
    public static int ListenToAllNamespaces(SafeHandle socket)
        => SetOption((int)socket.DangerousGetHandle(), SocketLevelNetlink, OptionListenAllNamespaces, 1) == 0 ? 0 : LibC.errno;

    /// <summary>Lets more wait in a socket than the system's limit; the memory is used only when it does.</summary>
    public static void SetReceiveBuffer(SafeHandle socket, int bytes)
        => _ = SetOption((int)socket.DangerousGetHandle(), LibC.SOL_SOCKET, SocketReceiveBufferForce, bytes);

    /// <summary>The port number of a bound netlink socket, by which the kernel names the author of a change.</summary>
    public static uint PortOf(SafeHandle socket)
    {
        byte* address = stackalloc byte[NetlinkAddressSize];
        socklen_t length = NetlinkAddressSize;
        return LibC.getsockname((int)socket.DangerousGetHandle(), (sockaddr*)address, &length) == 0
            ? *(uint*)(address + sizeof(uint))
            : throw new KernelException("getsockname", string.Empty, LibC.errno);
    }

    /// <summary>Receives one datagram without waiting; one that does not fit the buffer is an error.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="namespaceId">The id of the namespace that it comes from; <see langword="null"/> for the socket's own.</param>
    /// <param name="errno">The error number.</param>
    /// <returns>Its length, or -1 with <paramref name="errno"/>.</returns>
    public static int ReceiveFromAny(SafeHandle socket, Span<byte> buffer, out int? namespaceId, out int errno)
    {
        namespaceId = null;
        byte* control = stackalloc byte[ControlSpace];
        fixed (byte* bytes = buffer)
        {
            IoVector vector = new() { Base = bytes, Length = (nuint)buffer.Length };
            MessageHeader message = new() { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = ControlSpace };
            long received;
            do
            {
                received = ReceiveMessage((int)socket.DangerousGetHandle(), &message, LibC.MSG_DONTWAIT | LibC.MSG_TRUNC);
                errno = received < 0 ? Marshal.GetLastSystemError() : 0;
            }
            while (errno == LinuxErrno.EINTR);

            if (received > buffer.Length)
            {
                errno = LinuxErrno.ENOBUFS;
                return -1;
            }

            if (received >= 0)
            {
                namespaceId = ReadNamespaceId(new ReadOnlySpan<byte>(control, (int)Math.Min(message.ControlLength, ControlSpace)));
            }

            return (int)received;
        }
    }

    private static int? ReadNamespaceId(ReadOnlySpan<byte> control)
    {
        while (control.Length >= ControlHeaderSize)
        {
            ulong length = MemoryMarshal.Read<ulong>(control);
            if (length < ControlHeaderSize || length > (ulong)control.Length)
            {
                return null;
            }

            if (MemoryMarshal.Read<int>(control[8..]) == SocketLevelNetlink
                && MemoryMarshal.Read<int>(control[12..]) == OptionListenAllNamespaces
                && length >= ControlHeaderSize + sizeof(int))
            {
                return MemoryMarshal.Read<int>(control[ControlHeaderSize..]);
            }

            control = control[(int)Math.Min((length + 7) & ~7ul, (ulong)control.Length)..];
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "recvmsg")]
    private static partial long ReceiveMessage(int fd, MessageHeader* message, int flags);

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary><c>struct msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
