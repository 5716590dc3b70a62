using System.Collections.Concurrent;
using System.Net;
using LibNetwork.Drivers.Overlay.Encryption;
using LibNetwork.Firewall;
using LibNetwork.Linux;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Networks that span hosts: a bridge on each host that has an endpoint, and between the bridges a VXLAN tunnel for each subnet.</summary>
/// <remarks>
/// Bridge and tunnels are in the host's own namespace, where the firewall guards ports, the reaper removes and the reconciliation watches as for any
/// other network; the host itself has no part in the network, because the bridge has no address. All subnets are on one segment, so endpoints of
/// different subnets need no router. Bridge and tunnels come with the first endpoint that joins and go with the last that leaves.
/// </remarks>
internal sealed partial class OverlayDriver : INetworkDriver, IRestorableDriver, IGatewayAllocationDriver, IEndpointDetailsDriver, IAsyncDisposable
{
    private const string PortPrefix = "ovl";

    private readonly ConcurrentDictionary<NetworkId, OverlayNetwork> _networks = new();
    private readonly ConcurrentDictionary<EndpointId, OverlayEndpoint> _endpoints = new();
    private readonly Lock _gate = new();   // one network at a time is compared with the others
    private readonly HostKernel _kernel;
    private readonly INetworkFirewall _firewall;
    private readonly OverlayDriverOptions _options;
    private readonly ILogger<OverlayDriver> _logger;
    private readonly MembersTable _members;
    private readonly UnderlayWatch _watch;
    private readonly NodeEncryption _encryption;
    private readonly EntryWatch _entries = new();
    private readonly TimeProvider _time;

    public OverlayDriver(
        HostKernel kernel, INetworkFirewall firewall, IOptions<OverlayDriverOptions> options, ILogger<OverlayDriver> logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _kernel = kernel;
        _firewall = firewall;
        _options = options.Value;
        _logger = logger;
        _time = time;
        _members = new MembersTable((ushort)_options.Port);
        _encryption = new NodeEncryption(kernel, _members, _options, MoveEndsAsync, logger, time);
        _watch = new UnderlayWatch(kernel, RefreshMtusAsync, failure => Log.UnderlayNotRead(_logger, failure), time);
    }

    public string Name => "overlay";

    public DriverCapabilities Capabilities { get; } = new()
    {
        BuildsEndpoints = false, DataScope = NetworkScope.Global, ConnectivityScope = NetworkScope.Global,
    };

    private IPAddress Advertised => _options.AdvertiseAddress!;   // the validator demands it

    /// <summary>Endpoints leave by the automatic gateway network; there is no router on the segment.</summary>
    public ValueTask<(bool SkipIPv4, bool SkipIPv6)> GetGatewayNeedsAsync(
        string networkName, bool isInternal, IReadOnlyDictionary<string, string> options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        OverlayNetworkOptions.Parse($"network \"{networkName}\"", options);
        return ValueTask.FromResult((true, true));
    }

    public IReadOnlyDictionary<string, string> GetEndpointDetails(NetworkId networkId, EndpointId endpointId)
    {
        Dictionary<string, string> details = [];
        if (Find(networkId, endpointId) is { } endpoint)
        {
            details[NetworkLabels.MacAddress] = endpoint.MacAddress.ToString();
            details[OverlayLabels.VniList] = VnisOf(endpoint.Network);
        }

        return details;
    }

    public async ValueTask DisposeAsync()
    {
        await _encryption.DisposeAsync().ConfigureAwait(false);
        await _watch.DisposeAsync().ConfigureAwait(false);
        _entries.Dispose();
    }

    private static string VnisOf(OverlayNetwork network) => string.Join(',', network.Segments.Select(static segment => segment.Vni));

    private OverlayEndpoint? Find(NetworkId networkId, EndpointId endpointId)
        => _endpoints.TryGetValue(endpointId, out OverlayEndpoint? endpoint) && endpoint.Network.Id == networkId ? endpoint : null;

    private IEnumerable<OverlayEndpoint> EndpointsOf(OverlayNetwork network) => _endpoints.Values.Where(endpoint => endpoint.Network == network);

    /// <summary>Takes a turn at the kernel; what is known about a refusal is said in the model's terms.</summary>
    private async ValueTask<TResult> AskKernelAsync<TState, TResult>(
        string subject, Func<KernelSession, TState, TResult> work, TState state, CancellationToken cancellationToken)
    {
        try
        {
            return await _kernel.RunAsync(work, state, cancellationToken).ConfigureAwait(false);
        }
        catch (KernelException exception)
        {
            if (OverlayErrors.Translate(exception, subject) is { } translated)
            {
                throw translated;
            }

            throw;
        }
    }

    private async ValueTask RollBackAsync(UndoStack undo, string subject)
    {
        foreach (Exception failure in await undo.RollBackAsync().ConfigureAwait(false))
        {
            Log.RollbackIncomplete(_logger, failure, subject);
        }
    }
}
