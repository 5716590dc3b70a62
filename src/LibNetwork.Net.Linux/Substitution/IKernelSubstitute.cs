using System.Net;
using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Substitution;

/// <summary>Stands in for the kernel below <see cref="HostKernel"/>, so that everything above it runs without one: for tests.</summary>
/// <remarks>
/// It is asked what the kernel would be asked, in the kernel's own words: netlink messages go in and come out as bytes. What it refuses, it
/// refuses with a <see cref="KernelException"/>, or with the error of a netlink answer. It is thread safe. Namespaces are numbers, which take the
/// place of descriptors in messages too. Sockets inside namespaces, notifications and processes are not to be had of it.
/// </remarks>
public interface IKernelSubstitute
{
    /// <summary>Sees every request first, unless somebody else was named; see <see cref="HostKernelOptions.Observer"/>.</summary>
    IKernelObserver? Observer { get; }

    /// <summary>Finds a namespace.</summary>
    /// <param name="path">Where it is pinned; <see langword="null"/> for the one that this process would have been started in.</param>
    /// <exception cref="KernelException"><see cref="LinuxErrno.ENOENT"/>: nothing is there.</exception>
    int OpenNamespace(string? path);

    /// <summary>Makes a namespace and pins it.</summary>
    /// <exception cref="KernelException"><see cref="LinuxErrno.EEXIST"/>: the path is taken.</exception>
    int CreateNamespace(string path);

    /// <summary>Pins a namespace that is there to one more path.</summary>
    /// <exception cref="KernelException"><see cref="LinuxErrno.EEXIST"/>: the path is taken.</exception>
    void PinNamespace(int number, string path);

    /// <summary>Takes a name off a namespace, which goes with its last one. A path that is gone is not an error.</summary>
    void UnpinNamespace(string path);

    /// <summary>The paths in a folder that namespaces are pinned to.</summary>
    IReadOnlyList<string> ListNamespaces(string folder);

    /// <summary>Opens a netlink socket inside a namespace.</summary>
    INetlinkEndpoint OpenNetlink(int number, NetlinkProtocol protocol);

    /// <summary>Reads a kernel parameter.</summary>
    /// <param name="number">The namespace.</param>
    /// <param name="key">The path below <c>/proc/sys</c>, with slashes.</param>
    /// <exception cref="KernelException"><see cref="LinuxErrno.ENOENT"/>: there is no such parameter.</exception>
    string ReadSysctl(int number, string key);

    /// <summary>Writes a kernel parameter.</summary>
    /// <exception cref="KernelException"><see cref="LinuxErrno.ENOENT"/>: there is no such parameter.</exception>
    void WriteSysctl(int number, string key, string value);

    /// <summary>Takes a port until what it returns is disposed.</summary>
    /// <exception cref="KernelException"><see cref="LinuxErrno.EADDRINUSE"/>: it is taken. <see cref="LinuxErrno.EADDRNOTAVAIL"/>: the address is not the namespace's.</exception>
    IDisposable HoldPort(int number, byte protocol, IPEndPoint address);

    /// <summary>Takes a host until what it returns is disposed.</summary>
    /// <returns><see langword="null"/> when somebody else has it.</returns>
    IDisposable? TryClaim(int number);
}
