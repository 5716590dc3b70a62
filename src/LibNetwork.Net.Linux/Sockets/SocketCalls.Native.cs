using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Native;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibNetwork.Linux.Sockets;

/// <summary>System calls on IP sockets; each answers with 0 or the error number.</summary>
internal static unsafe partial class SocketCalls
{
    public const int AddressFamilyInet = 2;   // AF_INET
    public const int AddressFamilyInet6 = 10;   // AF_INET6
    public const int EPROTONOSUPPORT = 93;

    private const int MaxAddressSize = 28;   // struct sockaddr_in6
    private const int LevelIPv6 = 41;   // IPPROTO_IPV6
    private const int OptionV6Only = 26;   // IPV6_V6ONLY
    private const int OptionReuseAddress = 2;   // SO_REUSEADDR
    private const int OptionAttachFilter = 26;   // SO_ATTACH_FILTER
    private const int OptionAttachBpf = 50;   // SO_ATTACH_BPF
    private const int CommandProgramLoad = 5;   // BPF_PROG_LOAD
    private const int ProgramTypeSocketFilter = 1;   // BPF_PROG_TYPE_SOCKET_FILTER

    private static readonly Lazy<SafeFileHandle?> DropAll = new(LoadDropAll);

    public static int BindAndListen(SafeFileHandle socket, IPEndPoint address, int? backlog, bool dropsAll)
    {
        int fd = (int)socket.DangerousGetHandle();
        bool isIPv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        if ((isIPv6 && !TrySet(fd, LevelIPv6, OptionV6Only, 1))
            || (backlog is not null && !TrySet(fd, LibC.SOL_SOCKET, OptionReuseAddress, 1)))   // connections of an earlier holder may still wait for their end
        {
            return LibC.errno;
        }

        int errno = dropsAll ? AttachDropAll(fd) : 0;
        if (errno != 0)
        {
            return errno;
        }

        byte* bytes = stackalloc byte[MaxAddressSize];
        int length = Fill(new Span<byte>(bytes, MaxAddressSize), address);
        if (LibC.bind(fd, (sockaddr*)bytes, (uint)length) != 0)
        {
            return LibC.errno;
        }

        return backlog is not { } waiting || LibC.listen(fd, waiting) == 0 ? 0 : LibC.errno;
    }

    /// <summary>Writes an address as the kernel reads it.</summary>
    /// <returns>Its length.</returns>
    public static int Fill(Span<byte> target, IPEndPoint address)
    {
        const int InetSize = 16, PortOffset = 2, InetAddressOffset = 4, Inet6AddressOffset = 8, ScopeOffset = 24;
        target.Clear();
        bool isIPv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        MemoryMarshal.Write(target, (ushort)(isIPv6 ? AddressFamilyInet6 : AddressFamilyInet));
        BinaryPrimitives.WriteUInt16BigEndian(target[PortOffset..], (ushort)address.Port);
        address.Address.TryWriteBytes(target[(isIPv6 ? Inet6AddressOffset : InetAddressOffset)..], out _);
        if (isIPv6)
        {
            MemoryMarshal.Write(target[ScopeOffset..], (uint)address.Address.ScopeId);
        }

        return isIPv6 ? MaxAddressSize : InetSize;
    }

    /// <summary>Sends a datagram from one of the host's addresses, without waiting.</summary>
    public static int SendFrom(SafeHandle socket, ReadOnlySpan<byte> payload, IPEndPoint to, IPAddress from)
    {
        // struct cmsghdr { size_t len; int level; int type; } struct in6_pktinfo { in6_addr address; int interface; }, padded to 8.
        const int HeaderSize = 16, InfoSize = 20, Space = 40, OptionPacketInfo = 50, DontWait = 0x40;
        byte* address = stackalloc byte[MaxAddressSize];
        byte* control = stackalloc byte[Space];
        int addressLength = Fill(new Span<byte>(address, MaxAddressSize), to);
        new Span<byte>(control, Space).Clear();
        *(nuint*)control = HeaderSize + InfoSize;
        *(int*)(control + 8) = LevelIPv6;
        *(int*)(control + 12) = OptionPacketInfo;   // IPV6_PKTINFO
        from.TryWriteBytes(new Span<byte>(control + HeaderSize, 16), out _);
        *(int*)(control + HeaderSize + 16) = (int)from.ScopeId;
        fixed (byte* bytes = payload)
        {
            void** vector = stackalloc void*[2];   // struct iovec
            vector[0] = bytes;
            vector[1] = (void*)payload.Length;
            MessageHeader message = new()
            {
                Name = address, NameLength = (uint)addressLength, Vectors = vector, VectorCount = 1, Control = control, ControlLength = Space,
            };
            while (true)
            {
                nint sent = SendMessage((int)socket.DangerousGetHandle(), &message, DontWait);
                int errno = sent < 0 ? LibC.errno : 0;
                if (errno != LinuxErrno.EINTR)
                {
                    return errno;
                }
            }
        }
    }

    /// <summary>Makes a socket hear nothing. One program serves all: a filter of its own would cost each socket 8 KiB and 80 µs.</summary>
    private static int AttachDropAll(int fd)
    {
        if (DropAll.Value is { } program)
        {
            return TrySet(fd, LibC.SOL_SOCKET, OptionAttachBpf, (int)program.DangerousGetHandle()) ? 0 : LibC.errno;
        }

        // struct sock_fprog { unsigned short len; struct sock_filter *filter; } with "return 0".
        ulong instruction = 0x6;   // BPF_RET | BPF_K, k = 0
        void** filter = stackalloc void*[2];
        filter[0] = (void*)1;
        filter[1] = &instruction;
        return LibC.setsockopt(fd, LibC.SOL_SOCKET, OptionAttachFilter, filter, (uint)(2 * sizeof(void*))) == 0 ? 0 : LibC.errno;
    }

    /// <summary>Lets a socket hear only what a program of classic BPF accepts.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="instructions">The program, each instruction as <c>struct sock_filter</c> in one number.</param>
    /// <returns>The error number, 0 for none.</returns>
    public static int AttachFilter(Socket socket, ReadOnlySpan<ulong> instructions)
    {
        fixed (ulong* program = instructions)
        {
            void** filter = stackalloc void*[2];   // struct sock_fprog
            filter[0] = (void*)instructions.Length;
            filter[1] = program;
            return LibC.setsockopt((int)socket.Handle, LibC.SOL_SOCKET, OptionAttachFilter, filter, (uint)(2 * sizeof(void*))) == 0 ? 0 : LibC.errno;
        }
    }

    /// <returns><see langword="null"/> where the process may not load programs.</returns>
    private static SafeFileHandle? LoadDropAll()
    {
        const int AttributeSize = 48;
        ulong* instructions = stackalloc ulong[2];
        instructions[0] = 0xb7;   // mov r0, 0
        instructions[1] = 0x95;   // exit
        fixed (byte* license = "\0"u8)
        {
            byte* attribute = stackalloc byte[AttributeSize];   // union bpf_attr
            new Span<byte>(attribute, AttributeSize).Clear();
            *(uint*)attribute = ProgramTypeSocketFilter;
            *(uint*)(attribute + 4) = 2;
            *(ulong**)(attribute + 8) = instructions;
            *(byte**)(attribute + 16) = license;
            long fd = Bpf(BpfNumber, CommandProgramLoad, attribute, AttributeSize);
            return fd < 0 ? null : new SafeFileHandle((nint)fd, ownsHandle: true);   // the kernel closes it on exec
        }
    }

    private static int BpfNumber => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280;   // __NR_bpf, asm-generic

    private static bool TrySet(int fd, int level, int option, int value) => LibC.setsockopt(fd, level, option, &value, sizeof(int)) == 0;

    /// <summary><c>struct msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public void** Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = false)]
    private static partial nint SendMessage(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = false)]
    private static partial nint Bpf(nint number, nint command, byte* attribute, nint size);
}
