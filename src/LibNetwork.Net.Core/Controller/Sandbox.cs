using System.Net.Sockets;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Sandboxes;
using LibNetwork.Stores;

namespace LibNetwork.Controller;

/// <summary>A sandbox of a <see cref="NetworkController"/>. What joins and leaves it does so in turn.</summary>
internal sealed partial class Sandbox : ISandbox
{
    private readonly NetworkController _controller;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SandboxNamespace? _namespace;
    private readonly Dictionary<string, int> _cut = [];   // interfaces that left and may not be gone yet, with their indexes
    private readonly HashSet<Endpoint> _leaving = [];   // whose leaving has begun, also when it takes more than one try
    private IReadOnlyDictionary<string, string> _options;
    private IReadOnlyList<Attachment> _attachments = [];
    private IReadOnlyList<Attachment> _doomed = [];   // what goes with the sandbox, also when it takes more than one try
    private Endpoint? _leavingGatewayEndpoint;   // the automatic one, until its deletion has succeeded
    private DefaultRoutes _defaults = DefaultRoutes.None;
    private bool _leavesRules;   // the resolver's are still in a namespace that lives on
    private int _deleting;
    private int _deletionUnderWay;

    /// <summary>Makes the object for a namespace that is there; without one it is a share in the host's.</summary>
    public Sandbox(NetworkController controller, SandboxState state, SandboxNamespace? inside, IReadOnlyDictionary<string, string> options)
    {
        _controller = controller;
        _namespace = inside;
        _options = options;
        State = state;
    }

    public SandboxId Id => State.Id;

    public string ContainerId => State.ContainerId;

    public string NamespacePath => State.NamespacePath;

    public SandboxState State { get; private set; }

    public string Subject => $"sandbox of container \"{ContainerId}\"";

    /// <summary>The endpoints that are joined, with their priorities, in gateway order.</summary>
    public IReadOnlyList<(Endpoint Endpoint, int Priority)> JoinedEndpoints => [.. _attachments.Select(static attachment => (attachment.Endpoint, attachment.Priority))];

    private ControllerServices Services => _controller.Services;

    private NetworkNamespace Namespace => _namespace?.Namespace ?? Services.Kernel.HostNamespace;

    /// <summary>What makes another one like it, with a namespace of its own.</summary>
    public SandboxSpec ToSpec() => new() { ContainerId = ContainerId, UseHostNamespace = State.UsesHostNamespace, Dns = State.Dns, Options = _options };

    public Task<TResult> RunInsideAsync<TResult>(Func<TResult> code) => Namespace.RunInsideAsync(code);

    public Socket OpenSocket(AddressFamily family, SocketType type, ProtocolType protocol) => Namespace.OpenSocket(family, type, protocol);

    public async Task<IReadOnlyList<InterfaceStatistics>> GetStatisticsAsync(CancellationToken cancellationToken = default)
    {
        string[] names = [.. _attachments.Select(attachment => attachment.InterfaceName).OfType<string>()];
        return _namespace is null || names.Length == 0
            ? []
            : await _namespace.ReadStatisticsAsync(names, cancellationToken).ConfigureAwait(false);
    }

    public async Task DeleteAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref _deletionUnderWay, 1) != 0)
        {
            throw NetworkException.Forbidden(Subject, "is being deleted already");
        }

        try
        {
            await CloseAsync().ConfigureAwait(false);
            await Verb.TearDownAsync(
                Subject,
                [
                    .. _doomed.Select<Attachment, Func<ValueTask>>(
                        attachment => async () => await attachment.Endpoint.DeleteAsync(force: true, StoreDurability.Process, CancellationToken.None).ConfigureAwait(false)),
                    DeleteGatewayEndpointAsync,
                    RemoveNamespaceAsync,
                ]).ConfigureAwait(false);

            // One trip to the disk for all of it; a sandbox without endpoints is nothing that outlives the machine.
            StoreDurability durability = _doomed.Count > 0 ? StoreDurability.Disk : StoreDurability.Process;
            await Services.Store.TryCommitAsync(StoreRecords.Delete(StoreKeys.Sandbox(Id), durability), CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            Volatile.Write(ref _deletionUnderWay, 0);   // the caller may try again
            throw;
        }

        _controller.Forget(this);
    }

    private async ValueTask DeleteGatewayEndpointAsync()
    {
        if (_leavingGatewayEndpoint is { } endpoint)
        {
            await endpoint.DeleteAsync(force: true, CancellationToken.None).ConfigureAwait(false);
            _leavingGatewayEndpoint = null;
        }
    }

    /// <summary>Lets nobody join any more; who is joining now is in afterwards, and is deleted with the others.</summary>
    private async Task CloseAsync()
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await Services.Store.TryCommitAsync(StoreRecords.Put(State, _options, RecordPhase.Deleting), CancellationToken.None).ConfigureAwait(false);
            if (Volatile.Read(ref _deleting) == 0)
            {
                _doomed = _attachments;
                Volatile.Write(ref _deleting, 1);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask RemoveNamespaceAsync()
    {
        _leavesRules |= State.UsesGivenNamespace && _resolver is not null;
        StopResolver();   // its sockets would keep the namespace
        if (_namespace is null)
        {
            return;
        }

        if (!State.UsesGivenNamespace)
        {
            await _namespace.RemoveAsync().ConfigureAwait(false);
            return;
        }

        if (_leavesRules)
        {
            await Services.Resolvers.RemoveRedirectionAsync(_namespace.Namespace).ConfigureAwait(false);
            _leavesRules = false;
        }

        await _namespace.ReturnAsync().ConfigureAwait(false);
    }

    /// <summary>The number by which the host's namespace knows this one; <see langword="null"/> until <see cref="IdentifyAsync"/>.</summary>
    public int? NamespaceId { get; private set; }

    /// <summary>Lets go of the namespace when the controller is disposed; it stays in the kernel.</summary>
    public void Release()
    {
        StopResolver();
        _namespace?.Release();
    }

    /// <summary>Adds or removes the endpoint on the automatic gateway network, as the sandbox's other networks require.</summary>
    public async Task BalanceGatewayNetworkAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _deleting) != 0 || Volatile.Read(ref _refreshing) != 0)   // a refresh ends with this
        {
            return;
        }

        Attachment[] own = [.. _attachments.Where(attachment => !attachment.IsGatewayNetwork)];
        Attachment[] wanting = [.. own.Where(attachment => attachment.MayBeGateway && !attachment.Join.DisableGatewayService)];
        bool isNeeded = wanting.Length > 0 && !own.Any(attachment => attachment.FamiliesOffered > 0);
        Attachment? present = _attachments.FirstOrDefault(attachment => attachment.IsGatewayNetwork);
        PortBinding[] ports = [.. wanting.SelectMany(static attachment => attachment.Endpoint.State.PortBindings).Distinct()];
        if (isNeeded && present is not null && !ports.ToHashSet().SetEquals(present.Endpoint.State.PortBindings))
        {
            _leavingGatewayEndpoint ??= present.Endpoint;   // which ports an endpoint has is settled when it is made
            present = null;
        }

        if (isNeeded && present is null)
        {
            await DeleteGatewayEndpointAsync().ConfigureAwait(false);
            await _controller.ConnectToGatewayNetworkAsync(this, SharedPolicyOf(wanting), ports, cancellationToken).ConfigureAwait(false);
        }
        else if (isNeeded && present!.Endpoint.State.Egress != SharedPolicyOf(wanting))   // the first branch has the case without one
        {
            await present.Endpoint.UpdateEgressAsync(SharedPolicyOf(wanting), cancellationToken).ConfigureAwait(false);
        }
        else if (!isNeeded)
        {
            _leavingGatewayEndpoint ??= present?.Endpoint;
            try
            {
                await DeleteGatewayEndpointAsync().ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is NetworkException or AggregateException)
            {
                // What the caller asked for is done; the sandbox's next change tries again.
                Log.GatewayEndpointStays(Services.Logger, exception, ContainerId);
            }
        }
    }
}
