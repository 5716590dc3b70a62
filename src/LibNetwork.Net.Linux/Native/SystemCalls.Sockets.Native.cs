using System.Runtime.InteropServices;
using Tmds.Linux;

namespace LibNetwork.Linux.Native;

/// <content>Calls for serving many sockets on one thread.</content>
internal static unsafe partial class SystemCalls
{
    /// <summary>Makes an epoll instance.</summary>
    /// <returns>The descriptor, or -1 with <paramref name="errno"/>.</returns>
    public static int CreateEpoll(out int errno)
    {
        int fd = LibC.epoll_create1(LibC.EPOLL_CLOEXEC);
        errno = fd < 0 ? LibC.errno : 0;
        return fd;
    }

    /// <summary>Makes an event counter that does not block.</summary>
    /// <returns>The descriptor, or -1 with <paramref name="errno"/>.</returns>
    public static int CreateEvent(out int errno)
    {
        int fd = LibC.eventfd(0, LibC.O_CLOEXEC | LibC.O_NONBLOCK);
        errno = fd < 0 ? LibC.errno : 0;
        return fd;
    }

    /// <summary>Says when there is something to read on a descriptor.</summary>
    /// <returns>0 or the error number.</returns>
    public static int AddToEpoll(int epoll, int fd, ulong token)
    {
        epoll_event change = default;
        change.events = LibC.EPOLLIN;
        change.data.u64 = token;
        return LibC.epoll_ctl(epoll, LibC.EPOLL_CTL_ADD, fd, &change) == 0 ? 0 : LibC.errno;
    }

    /// <summary>Says no more when there is something to read on a descriptor.</summary>
    /// <returns>0 or the error number.</returns>
    public static int RemoveFromEpoll(int epoll, int fd)
    {
        epoll_event unused = default;   // kernels before 2.6.9 wanted one
        return LibC.epoll_ctl(epoll, LibC.EPOLL_CTL_DEL, fd, &unused) == 0 ? 0 : LibC.errno;
    }

    /// <summary>Waits until there is something to read.</summary>
    /// <param name="epoll">The instance.</param>
    /// <param name="tokens">Takes the tokens of those that are ready; at most 64.</param>
    /// <param name="errno">The error number.</param>
    /// <returns>How many are ready, or -1.</returns>
    public static int WaitForEpoll(int epoll, Span<ulong> tokens, out int errno)
    {
        const int Most = 64;
        epoll_event* events = stackalloc epoll_event[Most];
        int count = LibC.epoll_wait(epoll, events, Math.Min(tokens.Length, Most), -1);
        errno = count < 0 ? LibC.errno : 0;
        for (int index = 0; index < count; index++)
        {
            tokens[index] = events[index].data.u64;
        }

        return count;
    }

    /// <summary>Takes a waiting connection, which does not block and is closed for child processes.</summary>
    /// <returns>The descriptor, or -1 with <paramref name="errno"/>.</returns>
    public static int Accept(int fd, out int errno)
    {
        int accepted = LibC.accept4(fd, null, null, LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK);
        errno = accepted < 0 ? LibC.errno : 0;
        return accepted;
    }

    /// <summary>Adds one to an event counter.</summary>
    public static void Signal(int eventDescriptor)
    {
        ulong one = 1;
        _ = LibC.write(eventDescriptor, &one, sizeof(ulong));   // full only when there are 2^64 already
    }

    /// <summary>Takes an event counter back to zero.</summary>
    public static void Clear(int eventDescriptor)
    {
        ulong count;
        _ = LibC.read(eventDescriptor, &count, sizeof(ulong));
    }

    /// <summary>Sends one datagram without waiting.</summary>
    /// <returns>0 or the error number.</returns>
    public static int SendTo(int fd, ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> address)
    {
        fixed (byte* data = datagram, target = address)
        {
            return (long)LibC.sendto(fd, data, datagram.Length, LibC.MSG_DONTWAIT, (sockaddr*)target, address.Length) >= 0 ? 0 : LibC.errno;
        }
    }

    /// <summary>Receives waiting datagrams.</summary>
    /// <returns>How many, or -1 with <paramref name="errno"/>.</returns>
    public static int ReceiveMany(int fd, DatagramHeader* messages, int count, out int errno)
    {
        int received = ReceiveMessages(fd, messages, (uint)count, LibC.MSG_DONTWAIT, null);
        errno = received < 0 ? Marshal.GetLastPInvokeError() : 0;
        return received;
    }

    /// <summary>Sends datagrams without waiting.</summary>
    /// <returns>How many of the first were sent, or -1 with <paramref name="errno"/> when not even one was.</returns>
    public static int SendMany(int fd, DatagramHeader* messages, int count, out int errno)
    {
        int sent = SendMessages(fd, messages, (uint)count, LibC.MSG_DONTWAIT);
        errno = sent < 0 ? Marshal.GetLastPInvokeError() : 0;
        return sent;
    }

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    private static partial int ReceiveMessages(int fd, DatagramHeader* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMessages(int fd, DatagramHeader* messages, uint count, int flags);

    /// <summary>One datagram of several (<c>struct mmsghdr</c>).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct DatagramHeader
    {
        public DatagramMessage Message;
        public uint Length;
    }

    /// <summary>Where a datagram comes from or goes to, and where its bytes are (<c>struct msghdr</c>).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct DatagramMessage
    {
        public byte* Address;
        public uint AddressLength;
        public DatagramBytes* Parts;
        public nuint PartCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>Where a datagram's bytes are (<c>struct iovec</c>).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct DatagramBytes
    {
        public byte* Start;
        public nuint Length;
    }
}
