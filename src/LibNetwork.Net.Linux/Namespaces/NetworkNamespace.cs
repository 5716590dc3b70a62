using System.Net.Sockets;
using LibNetwork.Linux.Native;
using LibNetwork.Linux.Substitution;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibNetwork.Linux.Namespaces;

/// <summary>A hold on one network namespace. Thread safe. Disposing lets go; it does not remove a pinned namespace.</summary>
/// <remarks>A namespace lives as long as a process, a pinned path, an open socket or a hold like this one is in it.</remarks>
public sealed class NetworkNamespace : IDisposable
{
    private static readonly Lazy<(ulong Device, ulong Inode)> HomeIdentity = new(static () =>
    {
        using SafeFileHandle home = new(NamespaceWindow.HomeDescriptor, ownsHandle: false);
        return SystemCalls.Identity(home);
    });

    private readonly SafeFileHandle _handle;

    private NetworkNamespace(int descriptor, string? path)
    {
        _handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Path = path;
        Identity = SystemCalls.Identity(_handle);
    }

    internal NetworkNamespace(IKernelSubstitute substitute, int number, string? path)
    {
        Substitute = substitute;
        _handle = new SafeFileHandle(number, ownsHandle: false);
        Path = path;
        Identity = (0, (ulong)number);
    }

    /// <summary>Where the namespace is pinned or was opened from; <see langword="null"/> for one that has no name.</summary>
    public string? Path { get; }

    /// <summary>Device and inode: equal for two holds on one namespace, and for no others while it lives.</summary>
    public (ulong Device, ulong Inode) Identity { get; }

    /// <summary>The descriptor, for a netlink attribute such as <c>IFLA_NET_NS_FD</c>. Valid while this object is not disposed.</summary>
    public int Descriptor => (int)Handle.DangerousGetHandle();

    /// <summary>What it is a namespace of, when that is not the kernel; <see cref="Descriptor"/> is its number there.</summary>
    internal IKernelSubstitute? Substitute { get; }

    private bool IsHome => Identity == HomeIdentity.Value;

    private SafeFileHandle Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
            return _handle;
        }
    }

    /// <summary>Makes a namespace that has no name and dies with its last user.</summary>
    /// <exception cref="KernelException">The kernel refused; <c>EPERM</c> means that CAP_SYS_ADMIN is missing.</exception>
    public static NetworkNamespace Create()
    {
        RuntimeWarmUp.EnsureCreating();
        int descriptor = NamespaceWindow.Create(out int errno);
        return descriptor >= 0
            ? new NetworkNamespace(descriptor, path: null)
            : throw new KernelException("create network namespace", string.Empty, errno);
    }

    /// <summary>Makes a namespace and pins it to a file that must not exist yet; its folder must.</summary>
    /// <exception cref="KernelException">The kernel refused; nothing is left behind.</exception>
    public static NetworkNamespace CreatePinned(string path) => CreatePinned(path, observer: null);

    /// <summary>Opens a pinned namespace, or that of a process by <c>/proc/PID/ns/net</c>.</summary>
    /// <exception cref="KernelException">
    /// <see cref="LinuxErrno.ENOENT"/>: nothing is there. <see cref="LinuxErrno.EINVAL"/>: it is something else than a network namespace.
    /// </exception>
    public static NetworkNamespace Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        RuntimeWarmUp.Ensure();
        int descriptor = SystemCalls.Open(path, out int errno);
        if (descriptor < 0)
        {
            throw new KernelException("open network namespace", path, errno);
        }

        NetworkNamespace opened = new(descriptor, path);
        if (SystemCalls.NamespaceType(opened._handle) != LibC.CLONE_NEWNET)
        {
            opened.Dispose();
            throw new KernelException("open network namespace", path, LinuxErrno.EINVAL, "it is not a network namespace");
        }

        return opened;
    }

    /// <summary>Opens the namespace that this process was started in.</summary>
    public static NetworkNamespace OpenHome() => Open("/proc/self/ns/net");

    /// <summary>Takes the name off a pinned namespace; it dies when nothing else holds it. A path that is gone is not an error.</summary>
    /// <exception cref="KernelException">The mount or the file could not be removed.</exception>
    public static void Unpin(string path) => Unpin(path, observer: null);

    /// <summary>Opens a socket inside the namespace. It belongs there for good and may be used from any thread, also asynchronously.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public Socket OpenSocket(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        int nativeFamily = family switch
        {
            AddressFamily.InterNetwork => LibC.AF_INET,
            AddressFamily.InterNetworkV6 => LibC.AF_INET6,
            AddressFamily.Packet => LibC.AF_PACKET,
            AddressFamily.Unix => LibC.AF_UNIX,   // abstract names belong to a network namespace
            _ => throw new ArgumentOutOfRangeException(nameof(family), family, "Only IPv4, IPv6, packet and Unix sockets belong to a network namespace."),
        };
        return new Socket(new SafeSocketHandle(OpenDescriptor(nativeFamily, (int)type, (int)protocol, "open socket"), ownsHandle: true));
    }

    /// <summary>Runs code on a thread of its own that lives inside the namespace for that time, and returns its result.</summary>
    /// <remarks>
    /// Meant for starting a process, which inherits the namespace. The code must not start threads, queue work or await: the runtime
    /// would start its own threads inside the namespace, and they would stay. The workers of tiered compilation and of background garbage
    /// collection may be born inside all the same: they end when they are idle for long, and keep the namespace alive until then.
    /// </remarks>
    /// <exception cref="KernelException">The namespace could not be entered.</exception>
    public Task<TResult> RunInsideAsync<TResult>(Func<TResult> code)
    {
        ArgumentNullException.ThrowIfNull(code);
        ThrowIfSubstitute("run inside");
        RuntimeWarmUp.EnsureRunning();
        return NamespaceThread.RunAsync(this, code);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    /// <summary>Keeps the descriptor open, whoever disposes this object meanwhile, until the use is disposed.</summary>
    internal Use Begin()
    {
        bool held = false;
        Handle.DangerousAddRef(ref held);
        return new Use(_handle);
    }

    internal static NetworkNamespace CreatePinned(string path, IKernelObserver? observer)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        RuntimeWarmUp.EnsureCreating();
        observer?.OnRequest(new KernelRequest("create network namespace", path) { IsChange = true });
        int descriptor = NamespaceWindow.Create(out int errno);
        if (descriptor < 0)
        {
            throw new KernelException("create network namespace", path, errno);
        }

        return PinAndHold(descriptor, path, observer);
    }

    /// <summary>Pins a namespace that is open already to a file that must not exist yet, and holds it under that name.</summary>
    internal static NetworkNamespace Pin(NetworkNamespace open, string path, IKernelObserver? observer)
    {
        using Use use = open.Begin();
        int descriptor = SystemCalls.Open($"/proc/self/fd/{use.Descriptor}", out int errno);
        return descriptor >= 0 ? PinAndHold(descriptor, path, observer) : throw new KernelException("open network namespace", path, errno);
    }

    private static NetworkNamespace PinAndHold(int descriptor, string path, IKernelObserver? observer)
    {
        NetworkNamespace pinned = new(descriptor, path);
        bool fileMade = false;
        try
        {
            observer?.OnRequest(new KernelRequest("create file", path) { IsChange = true });
            ThrowIfFailed("create file", path, SystemCalls.CreateFile(path));
            fileMade = true;
            observer?.OnRequest(new KernelRequest("mount", path) { IsChange = true });
            ThrowIfFailed("mount", path, SystemCalls.BindMountDescriptor(pinned._handle, path));
            return pinned;
        }
        catch (KernelException)
        {
            pinned.Dispose();
            if (fileMade)
            {
                _ = SystemCalls.Unlink(path);   // the file is ours and empty; the first error is the one to report
            }

            throw;
        }
    }

    internal static void Unpin(string path, IKernelObserver? observer)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        observer?.OnRequest(new KernelRequest("unmount", path) { IsChange = true });
        int errno = SystemCalls.Unmount(path);

        // EINVAL: a file without a mount, left by a process that died between the two steps.
        if (errno is not (0 or LinuxErrno.EINVAL or LinuxErrno.ENOENT))
        {
            throw new KernelException("unmount", path, errno);
        }

        observer?.OnRequest(new KernelRequest("remove file", path) { IsChange = true });
        errno = SystemCalls.Unlink(path);
        if (errno is not (0 or LinuxErrno.ENOENT))
        {
            throw new KernelException("remove file", path, errno);
        }
    }

    internal int OpenDescriptor(int family, int type, int protocol, string operation)
    {
        ThrowIfSubstitute(operation);
        RuntimeWarmUp.Ensure();
        using Use use = Begin();
        int errno;
        int descriptor = IsHome
            ? SystemCalls.OpenSocket(family, type, protocol, out errno)   // needs no window, and so no CAP_SYS_ADMIN
            : NamespaceWindow.OpenSocket(use.Descriptor, family, type, protocol, out errno);
        return descriptor >= 0 ? descriptor : throw new KernelException(operation, Path ?? string.Empty, errno);
    }

    private void ThrowIfSubstitute(string operation)
    {
        if (Substitute is not null)
        {
            throw new KernelException(operation, Path ?? string.Empty, LinuxErrno.EOPNOTSUPP, "there is no kernel below, only what stands in for it");
        }
    }

    private static void ThrowIfFailed(string operation, string path, int errno)
    {
        if (errno != 0)
        {
            throw new KernelException(operation, path, errno);
        }
    }

    /// <summary>One use of a namespace's descriptor.</summary>
    internal readonly struct Use(SafeFileHandle handle) : IDisposable
    {
        public int Descriptor => (int)handle.DangerousGetHandle();

        public void Dispose() => handle.DangerousRelease();
    }
}
