using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibNetwork.Linux.Native;

/// <summary>The system calls that this library makes, each retried when interrupted and answered with an error number instead of -1.</summary>
internal static unsafe partial class SystemCalls
{
    private const int AddressFamilyNetlink = 16;   // AF_NETLINK
    private const int NetlinkAddressSize = 12;   // struct sockaddr_nl
    private const int SocketLevelNetlink = 270;   // SOL_NETLINK
    private const int OptionExtendedAck = 11;   // NETLINK_EXT_ACK
    private const int OptionCapAck = 10;   // NETLINK_CAP_ACK
    private const int OptionStrictCheck = 12;   // NETLINK_GET_STRICT_CHK
    private const int SocketReceiveBufferForce = 33;   // SO_RCVBUFFORCE
    private const int SocketSendBufferForce = 32;   // SO_SNDBUFFORCE
    private const int ReceiveBufferBytes = 4 << 20;

    [ThreadStatic]
    private static int t_threadId;

    /// <summary>Whether this is the process's first thread, the one that <c>/proc/self</c> speaks of.</summary>
    public static bool IsMainThread => (t_threadId == 0 ? t_threadId = GetThreadId() : t_threadId) == Environment.ProcessId;

    /// <summary>Sends a whole datagram.</summary>
    /// <returns>0 or the error number.</returns>
    public static int Send(SafeFileHandle socket, ReadOnlySpan<byte> datagram)
    {
        fixed (byte* bytes = datagram)
        {
            while (true)
            {
                long sent = (long)LibC.send((int)socket.DangerousGetHandle(), bytes, datagram.Length, 0);
                if (sent >= 0)
                {
                    return 0;
                }

                int errno = LibC.errno;
                if (errno != LinuxErrno.EINTR)
                {
                    return errno;
                }
            }
        }
    }

    /// <summary>Receives one datagram; one that does not fit the buffer is an error.</summary>
    /// <returns>Its length, or -1 with <paramref name="errno"/>.</returns>
    public static int Receive(SafeHandle socket, Span<byte> buffer, bool wait, out int errno)
    {
        int flags = LibC.MSG_TRUNC | (wait ? 0 : LibC.MSG_DONTWAIT);
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                long received = (long)LibC.recv((int)socket.DangerousGetHandle(), bytes, buffer.Length, flags);
                errno = received < 0 ? LibC.errno : 0;
                if (received > buffer.Length)
                {
                    errno = LinuxErrno.ENOBUFS;
                    return -1;
                }

                if (received >= 0 || errno != LinuxErrno.EINTR)
                {
                    return (int)received;
                }
            }
        }
    }

    /// <summary>Opens a socket in the calling thread's namespace.</summary>
    /// <returns>The descriptor, or -1 with <paramref name="errno"/>.</returns>
    public static int OpenSocket(int family, int type, int protocol, out int errno)
    {
        int fd = LibC.socket(family, type | LibC.SOCK_CLOEXEC, protocol);
        errno = fd < 0 ? LibC.errno : 0;
        return fd;
    }

    /// <summary>Binds a fresh netlink socket and sets the options that every socket of ours has.</summary>
    public static int PrepareNetlink(SafeHandle socket, uint multicastGroups)
    {
        int fd = (int)socket.DangerousGetHandle();
        byte* address = stackalloc byte[NetlinkAddressSize];
        new Span<byte>(address, NetlinkAddressSize).Clear();
        *(ushort*)address = AddressFamilyNetlink;
        *(uint*)(address + 8) = multicastGroups;
        if (LibC.bind(fd, (sockaddr*)address, NetlinkAddressSize) != 0)
        {
            return LibC.errno;
        }

        // All four make things better where the kernel has them, and none is needed for correctness.
        SetOption(fd, SocketLevelNetlink, OptionExtendedAck, 1);
        SetOption(fd, SocketLevelNetlink, OptionCapAck, 1);
        SetOption(fd, SocketLevelNetlink, OptionStrictCheck, 1);
        SetOption(fd, LibC.SOL_SOCKET, SocketReceiveBufferForce, ReceiveBufferBytes);
        SetOption(fd, LibC.SOL_SOCKET, SocketSendBufferForce, ReceiveBufferBytes);
        return 0;
    }

    /// <summary>Joins a multicast group by its number (<c>NETLINK_ADD_MEMBERSHIP</c>).</summary>
    public static int JoinMulticastGroup(SafeFileHandle socket, int group)
        => SetOption((int)socket.DangerousGetHandle(), SocketLevelNetlink, 1, group) == 0 ? 0 : LibC.errno;

    /// <summary>Mounts the namespace behind <paramref name="descriptor"/> on an existing file, which keeps it alive by name.</summary>
    public static int BindMountDescriptor(SafeFileHandle descriptor, string path)
    {
        fixed (byte* source = ToUtf8($"/proc/self/fd/{(int)descriptor.DangerousGetHandle()}"), target = ToUtf8(path), type = "none\0"u8)
        {
            return LibC.mount(source, target, type, LibC.MS_BIND, null) == 0 ? 0 : LibC.errno;
        }
    }

    /// <summary>Takes a mount off <paramref name="path"/> at once, whoever still uses what was there.</summary>
    public static int Unmount(string path)
    {
        fixed (byte* target = ToUtf8(path))
        {
            return LibC.umount2(target, LibC.MNT_DETACH) == 0 ? 0 : LibC.errno;
        }
    }

    /// <summary>Removes a name from the file system.</summary>
    public static int Unlink(string path)
    {
        fixed (byte* target = ToUtf8(path))
        {
            return LibC.unlink(target) == 0 ? 0 : LibC.errno;
        }
    }

    /// <summary>Creates an empty file that must not exist yet, readable by its owner alone.</summary>
    public static int CreateFile(string path)
    {
        fixed (byte* target = ToUtf8(path))
        {
            int fd = LibC.open(target, LibC.O_CREAT | LibC.O_EXCL | LibC.O_CLOEXEC | LibC.O_RDONLY | LibC.O_NOFOLLOW, 0x100);
            if (fd < 0)
            {
                return LibC.errno;
            }

            Close(fd);
            return 0;
        }
    }

    /// <summary>Opens a file for reading.</summary>
    /// <returns>The descriptor, or -1 with <paramref name="errno"/>.</returns>
    public static int Open(string path, out int errno)
    {
        fixed (byte* target = ToUtf8(path))
        {
            // Not blocking: a path that turns out to be a pipe must not hold the thread.
            int fd = LibC.open(target, LibC.O_RDONLY | LibC.O_CLOEXEC | LibC.O_NONBLOCK, 0);
            errno = fd < 0 ? LibC.errno : 0;
            return fd;
        }
    }

    /// <summary>What kind of namespace a descriptor stands for (<c>CLONE_NEW*</c>), or -1 when it stands for none.</summary>
    public static int NamespaceType(SafeFileHandle descriptor)
    {
        const int NamespaceGetType = 0xb703;   // NS_GET_NSTYPE
        return LibC.ioctl((int)descriptor.DangerousGetHandle(), NamespaceGetType, null);
    }

    /// <summary>Device and inode of an open file: the identity of a namespace.</summary>
    public static (ulong Device, ulong Inode) Identity(SafeFileHandle descriptor)
    {
        stat status;
        return LibC.fstat((int)descriptor.DangerousGetHandle(), &status) == 0
            ? ((ulong)status.st_dev, (ulong)status.st_ino)
            : throw new KernelException("fstat", string.Empty, LibC.errno);
    }

    internal static byte[] ToUtf8(string text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    /// <summary>Closes a descriptor that no handle owns yet.</summary>
    public static void Close(int fd) => _ = LibC.close(fd);

    private static int SetOption(int fd, int level, int name, int value) => LibC.setsockopt(fd, level, name, &value, sizeof(int));

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThreadId();
}
