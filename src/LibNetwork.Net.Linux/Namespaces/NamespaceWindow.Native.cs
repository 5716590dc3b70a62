using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Native;
using Tmds.Linux;

namespace LibNetwork.Linux.Namespaces;

/// <summary>The only code that runs inside a foreign network namespace: bare system calls between <c>setns</c> in and <c>setns</c> out.</summary>
/// <remarks>
/// A thread born inside a foreign namespace stays there for good, and the runtime starts threads from whichever thread happens to
/// ask. So nothing managed may happen in a window: no await, lock, log, allocation, throw, or first use of anything. The methods are
/// compiled fully at once (no tiering, whose own thread would be born here) and <see cref="RuntimeWarmUp"/> has run each call before.
/// When the way back fails the process ends: a thread in the wrong namespace would serve the wrong network.
/// </remarks>
internal static unsafe partial class NamespaceWindow
{
    private const long CallOpenat2 = 437;
    private const int OpenHowFields = 3;
    private const ulong ResolveNoLinks = 0x2 | 0x4;   // RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS
    private const ulong ResolveAnyLink = 0;
    private const int FileSystemFields = 16;
    private const long ProcMagic = 0x9fa0;   // PROC_SUPER_MAGIC

    private static readonly int Home = OpenHome();

    /// <summary>The descriptor of the namespace that the process was started in.</summary>
    public static int HomeDescriptor => Home;

    /// <summary>Opens a socket inside a namespace; it belongs there for good and may be used from any thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static int OpenSocket(int namespaceDescriptor, int family, int type, int protocol, out int errno)
    {
        int home = Home;
        if (LibC.setns(namespaceDescriptor, LibC.CLONE_NEWNET) != 0)
        {
            errno = LibC.errno;
            return -1;
        }

        int fd = LibC.socket(family, type | LibC.SOCK_CLOEXEC, protocol);
        errno = fd < 0 ? LibC.errno : 0;
        GoHome(home);
        return fd;
    }

    /// <summary>Makes a new namespace and returns its descriptor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static int Create(out int errno)
    {
        int home = Home;
        if (LibC.unshare(LibC.CLONE_NEWNET) != 0)
        {
            errno = LibC.errno;
            return -1;
        }

        int fd;
        fixed (byte* self = "/proc/thread-self/ns/net\0"u8)
        {
            fd = LibC.open(self, LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
        }

        errno = fd < 0 ? LibC.errno : 0;
        GoHome(home);
        return fd;
    }

    /// <summary>Writes a file as a process of the namespace would; <c>/proc/sys/net</c> shows each namespace its own values.</summary>
    /// <returns>0 or the error number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static int WriteFile(int namespaceDescriptor, byte* path, byte* value, int length)
    {
        int home = Home;
        if (LibC.setns(namespaceDescriptor, LibC.CLONE_NEWNET) != 0)
        {
            return LibC.errno;
        }

        int fd = OpenParameter(path, LibC.O_WRONLY, ResolveNoLinks, out int errno);
        if (fd >= 0)
        {
            errno = (long)LibC.write(fd, value, length) == length ? 0 : LibC.errno;
            _ = LibC.close(fd);
        }

        GoHome(home);
        return errno;
    }

    /// <summary>Reads the start of a file of <c>/proc</c> as a process of the namespace would.</summary>
    /// <param name="namespaceDescriptor">The namespace.</param>
    /// <param name="path">The file.</param>
    /// <param name="follows">Whether links on the way are followed: <c>/proc/thread-self</c> is one.</param>
    /// <param name="buffer">Takes the bytes.</param>
    /// <param name="capacity">How many fit.</param>
    /// <param name="errno">The error number.</param>
    /// <returns>The bytes read, or -1 with <paramref name="errno"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static int ReadFile(int namespaceDescriptor, byte* path, bool follows, byte* buffer, int capacity, out int errno)
    {
        int home = Home;
        if (LibC.setns(namespaceDescriptor, LibC.CLONE_NEWNET) != 0)
        {
            errno = LibC.errno;
            return -1;
        }

        int read = -1;
        int fd = OpenParameter(path, LibC.O_RDONLY, follows ? ResolveAnyLink : ResolveNoLinks, out errno);
        if (fd >= 0)
        {
            read = (int)LibC.read(fd, buffer, capacity);
            errno = read < 0 ? LibC.errno : 0;
            _ = LibC.close(fd);
        }

        GoHome(home);
        return read;
    }

    /// <summary>Moves the calling thread into a namespace, for a thread that was made to run the user's code there.</summary>
    public static int Enter(int namespaceDescriptor) => LibC.setns(namespaceDescriptor, LibC.CLONE_NEWNET) == 0 ? 0 : LibC.errno;

    /// <summary>Moves the calling thread back.</summary>
    public static void GoHome() => GoHome(Home);

    /// <summary>Opens a file of <c>/proc</c>, and nothing that somebody put in its place: no other file system, and unless asked for no link.</summary>
    /// <returns>The descriptor, or -1; the error number is ELOOP for a link and EXDEV for another file system.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int OpenParameter(byte* path, int access, ulong resolve, out int errno)
    {
        ulong* how = stackalloc ulong[OpenHowFields];   // struct open_how: flags, mode, resolve
        how[0] = (ulong)(uint)(access | LibC.O_CLOEXEC | LibC.O_NOFOLLOW);
        how[1] = 0;
        how[2] = resolve;
        int fd = (int)SystemCall(CallOpenat2, LibC.AT_FDCWD, path, how, OpenHowFields * sizeof(ulong));
        errno = Marshal.GetLastSystemError();   // asked for always, so that the warm-up has done it
        if (fd < 0 && errno == LinuxErrno.ENOSYS)
        {
            fd = LibC.open(path, access | LibC.O_CLOEXEC | LibC.O_NOFOLLOW, 0);   // before Linux 5.6
            errno = LibC.errno;
        }

        errno = fd < 0 ? errno : 0;
        long* fileSystem = stackalloc long[FileSystemFields];   // struct statfs, of which the first field says the type
        if (fd >= 0 && (FindFileSystem(fd, fileSystem) != 0 || fileSystem[0] != ProcMagic))
        {
            errno = LinuxErrno.EXDEV;
            _ = LibC.close(fd);
            fd = -1;
        }

        return fd;
    }

    private static void GoHome(int home)
    {
        if (LibC.setns(home, LibC.CLONE_NEWNET) != 0)
        {
            Environment.FailFast("A thread could not return from a network namespace.");
        }
    }

    private static int OpenHome()
    {
        int fd = SystemCalls.Open("/proc/self/ns/net", out int errno);
        return fd >= 0 ? fd : throw new KernelException("open", "/proc/self/ns/net", errno);
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SystemCall(long number, int folder, byte* path, ulong* how, nuint size);

    [LibraryImport("libc", EntryPoint = "fstatfs")]
    private static partial int FindFileSystem(int fd, long* fileSystem);
}
