using LibNetwork.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace LibNetwork.Linux;

/// <summary>Whose a file is, and who may change it: what decides whether its content can be trusted.</summary>
/// <param name="UserId">The owner.</param>
/// <param name="Mode">Who may do what.</param>
/// <param name="IsSocket">Whether it is a socket.</param>
public readonly record struct FileOwnership(uint UserId, UnixFileMode Mode, bool IsSocket)
{
    private const uint Root = 0;

    /// <summary>Whether nobody can have written it but root and this process's user.</summary>
    public bool IsTrusted => (UserId == Root || UserId == SystemCalls.EffectiveUserId) && !Mode.HasFlag(UnixFileMode.OtherWrite);

    /// <summary>Looks at a path; a symbolic link is followed.</summary>
    /// <returns><see langword="null"/> when nothing is there.</returns>
    /// <exception cref="KernelException">The kernel does not say.</exception>
    public static FileOwnership? Of(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        int descriptor = SystemCalls.OpenPath(path, out int errno);
        if (descriptor < 0)
        {
            return errno is LinuxErrno.ENOENT or LinuxErrno.ENOTDIR ? null : throw new KernelException("look at file", path, errno);
        }

        using SafeFileHandle file = new(descriptor, ownsHandle: true);
        return Of(file);
    }

    /// <summary>Looks at an open file.</summary>
    /// <exception cref="KernelException">The kernel does not say.</exception>
    public static FileOwnership Of(SafeFileHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        (uint user, uint mode) = SystemCalls.OwnerAndMode(file);
        const uint KindMask = 0xf000, Socket = 0xc000, ModeMask = 0xfff;   // S_IFMT, S_IFSOCK
        return new FileOwnership(user, (UnixFileMode)(mode & ModeMask), (mode & KindMask) == Socket);
    }
}
