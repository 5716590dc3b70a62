using System.Runtime.CompilerServices;
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
internal static unsafe class NamespaceWindow
{
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

        int errno = 0;
        int fd = LibC.open(path, LibC.O_WRONLY | LibC.O_CLOEXEC | LibC.O_NOFOLLOW, 0);
        if (fd < 0)
        {
            errno = LibC.errno;
        }
        else
        {
            errno = (long)LibC.write(fd, value, length) == length ? 0 : LibC.errno;
            _ = LibC.close(fd);
        }

        GoHome(home);
        return errno;
    }

    /// <summary>Reads the start of a file as a process of the namespace would.</summary>
    /// <returns>The bytes read, or -1 with <paramref name="errno"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static int ReadFile(int namespaceDescriptor, byte* path, byte* buffer, int capacity, out int errno)
    {
        int home = Home;
        if (LibC.setns(namespaceDescriptor, LibC.CLONE_NEWNET) != 0)
        {
            errno = LibC.errno;
            return -1;
        }

        int read = -1;
        int fd = LibC.open(path, LibC.O_RDONLY | LibC.O_CLOEXEC | LibC.O_NOFOLLOW, 0);
        errno = fd < 0 ? LibC.errno : 0;
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
}
