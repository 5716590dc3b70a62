using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibNetwork.Linux.Native;

internal static unsafe partial class SystemCalls
{
    /// <summary>The user that the kernel takes this process for.</summary>
    public static uint EffectiveUserId => (uint)LibC.geteuid();

    /// <summary>Opens a place in the file system only to look at it, whatever is there.</summary>
    /// <returns>The descriptor, or -1 with <paramref name="errno"/>.</returns>
    public static int OpenPath(string path, out int errno)
    {
        const int OpenPathOnly = 0x200000;   // O_PATH
        fixed (byte* target = ToUtf8(path))
        {
            int fd = LibC.open(target, OpenPathOnly | LibC.O_CLOEXEC, 0);
            errno = fd < 0 ? LibC.errno : 0;
            return fd;
        }
    }

    /// <summary>Owner and mode, with the kind of file, of what is open.</summary>
    public static (uint UserId, uint Mode) OwnerAndMode(SafeFileHandle descriptor)
    {
        stat status;
        return LibC.fstat((int)descriptor.DangerousGetHandle(), &status) == 0
            ? ((uint)status.st_uid, (uint)status.st_mode)
            : throw new KernelException("fstat", string.Empty, LibC.errno);
    }
}
