using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibNetwork.Linux.Native;

/// <content>Sending descriptors over a Unix socket.</content>
internal static unsafe partial class SystemCalls
{
    private const int PassedRights = 1;   // SCM_RIGHTS
    private const int PassedSpace = ControlHeaderSize + 8;   // one descriptor, aligned
    private const int CloseOnExec = 0x40000000;   // MSG_CMSG_CLOEXEC

    /// <summary>Makes two Unix sockets that are connected to each other and do not block.</summary>
    /// <returns>0 or the error number.</returns>
    public static int OpenSocketPair(out SafeFileHandle one, out SafeFileHandle other)
    {
        int* descriptors = stackalloc int[2];
        int errno = LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK, 0, descriptors) == 0 ? 0 : LibC.errno;
        one = new SafeFileHandle(errno == 0 ? descriptors[0] : -1, ownsHandle: true);
        other = new SafeFileHandle(errno == 0 ? descriptors[1] : -1, ownsHandle: true);
        return errno;
    }

    /// <summary>Sends a descriptor; whoever receives it gets one of its own.</summary>
    /// <returns>0 or the error number; ETOOMANYREFS when too many are on their way and the process lacks CAP_SYS_ADMIN.</returns>
    public static int PassDescriptor(SafeHandle socket, SafeHandle passed)
    {
        byte mark = 0;
        byte* control = stackalloc byte[PassedSpace];
        *(ulong*)control = ControlHeaderSize + sizeof(int);
        *(int*)(control + sizeof(ulong)) = LibC.SOL_SOCKET;
        *(int*)(control + sizeof(ulong) + sizeof(int)) = PassedRights;
        *(int*)(control + ControlHeaderSize) = (int)passed.DangerousGetHandle();
        IoVector vector = new() { Base = &mark, Length = 1 };
        MessageHeader message = new() { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = PassedSpace };
        return SendMessage((int)socket.DangerousGetHandle(), &message, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL) == 1 ? 0 : Marshal.GetLastSystemError();
    }

    /// <summary>Looks at the descriptor that was sent first and is still on its way.</summary>
    /// <returns>One of our own for the same file; invalid when there is none, or no room for one.</returns>
    public static SafeFileHandle PeekDescriptor(SafeHandle socket)
    {
        byte mark;
        byte* control = stackalloc byte[PassedSpace];
        IoVector vector = new() { Base = &mark, Length = 1 };
        MessageHeader message = new() { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = PassedSpace };
        bool isThere = ReceiveMessage((int)socket.DangerousGetHandle(), &message, LibC.MSG_DONTWAIT | LibC.MSG_PEEK | CloseOnExec) == 1
            && message.ControlLength >= ControlHeaderSize + sizeof(int) && *(int*)(control + sizeof(ulong) + sizeof(int)) == PassedRights;
        return new SafeFileHandle(isThere ? *(int*)(control + ControlHeaderSize) : -1, ownsHandle: true);
    }

    /// <summary>Takes what was sent first off its way, and its descriptor is gone with it.</summary>
    public static void DropDescriptor(SafeHandle socket)
    {
        byte mark;
        _ = LibC.recv((int)socket.DangerousGetHandle(), &mark, 1, LibC.MSG_DONTWAIT);
    }

    [LibraryImport("libc", EntryPoint = "sendmsg")]
    private static partial long SendMessage(int fd, MessageHeader* message, int flags);
}
