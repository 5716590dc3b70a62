using System.Net.Sockets;

namespace LibNetwork;

/// <summary>A sandbox: one isolated network stack. Thread safe.</summary>
public interface ISandbox
{
    /// <summary>The id.</summary>
    SandboxId Id { get; }

    /// <summary>The container's id.</summary>
    string ContainerId { get; }

    /// <summary>The file that the network namespace is pinned to.</summary>
    string NamespacePath { get; }

    /// <summary>The sandbox as it is now.</summary>
    SandboxState State { get; }

    /// <summary>Runs code on a thread of its own inside the sandbox, meant for starting a process, which inherits the network.</summary>
    /// <remarks>
    /// The code must not await, start threads or queue work: the runtime's own threads would be born inside and stay there. Two may be
    /// born inside all the same: the worker of tiered compilation, when it has ended (after four seconds without work) and the code
    /// calls something for the first time, and that of background garbage collection. They do no networking, but until they end they
    /// keep a deleted sandbox's namespace from going. Programs compiled ahead of time, or with <c>TieredCompilation</c> off, do not
    /// have the first; those with <c>ConcurrentGarbageCollection</c> off do not have the second.
    /// </remarks>
    Task<TResult> RunInsideAsync<TResult>(Func<TResult> code);

    /// <summary>Opens a socket inside the sandbox. It belongs there for good and may be used from any thread.</summary>
    Socket OpenSocket(AddressFamily family, SocketType type, ProtocolType protocol);

    /// <summary>Reads the counters of the joined endpoints' interfaces.</summary>
    Task<IReadOnlyList<InterfaceStatistics>> GetStatisticsAsync(CancellationToken cancellationToken = default);

    /// <summary>Gives all joined endpoints another name, as <see cref="IEndpoint.RenameAsync"/>: all of them or none. The one on the automatic gateway network keeps its own.</summary>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.Forbidden"/>: the name is taken on a network. <see cref="NetworkErrorKind.InvalidArgument"/>: it is blank, or would have to
    /// become a DNS name and is none. <see cref="NetworkErrorKind.NotFound"/>: the sandbox is deleted.
    /// </exception>
    Task RenameAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Lets all joined endpoints leave and join again, with other settings if wanted: addresses, names, ports, interface names and the namespace stay.</summary>
    /// <remarks>In between the sandbox has no network. If the process ends meanwhile, the next one finishes it.</remarks>
    /// <param name="change">What is to be different; by default nothing.</param>
    /// <param name="cancellationToken">Cancels the verb; then everything is joined as before.</param>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.Forbidden"/>: it is being refreshed already. <see cref="NetworkErrorKind.NotFound"/>: the sandbox is deleted. And what
    /// <see cref="IEndpoint.JoinAsync"/> throws.
    /// </exception>
    Task RefreshAsync(SandboxChange? change = null, CancellationToken cancellationToken = default);

    /// <summary>Leaves and deletes all endpoints and removes the namespace.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Forbidden"/>: a deletion is under way.</exception>
    Task DeleteAsync(CancellationToken cancellationToken = default);
}
