using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Native;

namespace LibNetwork.Linux.Namespaces;

/// <summary>
/// Runs every call of <see cref="NamespaceWindow"/> once at home before a window opens, and starts the runtime's own threads at home before code of
/// others runs inside.
/// </summary>
/// <remarks>
/// Measured on .NET 10: the first asynchronous socket, timer, signal registration and pool work item each start a thread that lives as
/// long as the process, in the namespace of the thread that asked.
/// </remarks>
internal static class RuntimeWarmUp
{
    private static readonly Lock Gate = new();
    private static bool s_hasRunWindows;
    private static bool s_hasStartedThreads;
    private static bool s_hasCreated;

    /// <summary>For who is about to open a window.</summary>
    public static void Ensure()
    {
        lock (Gate)
        {
            if (!s_hasRunWindows)
            {
                RunWindowsAtHome();
                s_hasRunWindows = true;
            }
        }
    }

    /// <summary>For who is about to run code that is not ours inside a namespace. A window starts no threads, and a short process need not have them.</summary>
    public static void EnsureRunning()
    {
        Ensure();
        lock (Gate)
        {
            if (!s_hasStartedThreads)
            {
                StartRuntimeThreads();
                s_hasStartedThreads = true;
            }
        }
    }

    /// <summary>As <see cref="Ensure"/>, for who is about to make a namespace. Apart, because the one that is made here keeps the kernel busy for long when it goes.</summary>
    public static void EnsureCreating()
    {
        Ensure();
        lock (Gate)
        {
            if (!s_hasCreated)
            {
                int created = NamespaceWindow.Create(out int errno);
                if (errno == LinuxErrno.EPERM)
                {
                    return;   // without CAP_SYS_ADMIN the real one will fail as well, and say so
                }

                ThrowIfFailed("create network namespace", errno);
                SystemCalls.Close(created);
                s_hasCreated = true;
            }
        }
    }

    internal static void StartRuntimeThreads()
    {
        // The pool starts its first worker on the thread that queues, before the call returns.
        ThreadPool.UnsafeQueueUserWorkItem(static _ => { }, state: null);

        using Timer timer = new(static _ => { }, null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);

        // SIGCONT does nothing here; registering it starts the runtime's signal thread, which a user's first child process would start otherwise.
        PosixSignalRegistration.Create(PosixSignal.SIGCONT, static _ => { }).Dispose();

        // Without a name, which another process that warms up at the same time would have too.
        using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        ValueTask<int> pending = socket.ReceiveAsync(new byte[1].AsMemory());
        _ = pending.AsTask().ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
    }

    private static unsafe void RunWindowsAtHome()
    {
        int home = NamespaceWindow.HomeDescriptor;
        int socket = NamespaceWindow.OpenSocket(home, family: 16, type: 3, protocol: 0, out int errno);
        if (errno == LinuxErrno.EPERM)
        {
            return;   // without CAP_SYS_ADMIN no window will ever open
        }

        ThrowIfFailed("open netlink socket", errno);
        SystemCalls.Close(socket);

        fixed (byte* path = "/proc/sys/net/ipv4/ip_forward\0"u8)
        {
            byte value = 0;
            ThrowIfFailed("read sysctl", NamespaceWindow.ReadFile(home, path, follows: false, &value, 1, out errno) < 0 ? errno : 0);
            _ = NamespaceWindow.WriteFile(home, path, &value, length: 0);   // it has run, and changes nothing; a writable /proc/sys is a verb's need
        }

        RuntimeHelpers.RunClassConstructor(typeof(NamespaceWindow).TypeHandle);
    }

    private static void ThrowIfFailed(string operation, int errno)
    {
        if (errno != 0)
        {
            throw new KernelException(operation, string.Empty, errno);
        }
    }
}
