using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibNetwork.Linux.Native;

/// <content>Locks that belong to an open file (<c>flock</c>).</content>
internal static unsafe partial class SystemCalls
{
    private const ushort OwnerOnly = 0x180;   // rw-------
    private const int LockExclusive = 2, LockWithoutWaiting = 4;   // LOCK_EX, LOCK_NB

    /// <summary>Opens a file for its lock, and makes it when it is missing. The runtime's own way of opening takes locks of its own.</summary>
    /// <returns>The descriptor, or -1 with <paramref name="errno"/>.</returns>
    public static int OpenOrCreate(string path, out int errno)
    {
        fixed (byte* target = ToUtf8(path))
        {
            int fd = LibC.open(target, LibC.O_CREAT | LibC.O_CLOEXEC | LibC.O_RDWR | LibC.O_NOFOLLOW, OwnerOnly);
            errno = fd < 0 ? LibC.errno : 0;
            return fd;
        }
    }

    /// <summary>Takes the lock of an open file if nobody has it.</summary>
    /// <returns>0 or the error number; EAGAIN when somebody has it.</returns>
    public static int TryLock(SafeFileHandle file) => Lock(file, LockExclusive | LockWithoutWaiting);

    /// <summary>Waits for the lock of an open file.</summary>
    /// <returns>0 or the error number.</returns>
    public static int Lock(SafeFileHandle file) => Lock(file, LockExclusive);

    private static int Lock(SafeFileHandle file, int operation)
    {
        while (FileLock((int)file.DangerousGetHandle(), operation) != 0)
        {
            int errno = Marshal.GetLastSystemError();
            if (errno != LinuxErrno.EINTR)
            {
                return errno;
            }
        }

        return 0;
    }

    [LibraryImport("libc", EntryPoint = "flock")]
    private static partial int FileLock(int fd, int operation);
}
