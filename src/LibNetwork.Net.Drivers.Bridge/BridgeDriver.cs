using System.Collections.Concurrent;
using LibNetwork.Firewall;
using LibNetwork.Linux;
using LibNetwork.Publishing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LibNetwork.Drivers.Bridge;

/// <summary>Networks as Linux bridges, endpoints as cables between a bridge and a sandbox.</summary>
/// <remarks>
/// What belongs to a network is protected before its bridge is there, and until it is gone. An endpoint is only a record until it
/// joins: then its cable is made in one request, with the far end already inside the sandbox.
/// </remarks>
internal sealed partial class BridgeDriver
    : INetworkDriver, IRestorableDriver, IExternalConnectivityDriver, IGatewayAllocationDriver, IIPv6ReleaseDriver, IEndpointDetailsDriver, IRehearsableDriver
{
    private readonly ConcurrentDictionary<NetworkId, BridgeNetwork> _networks = new();
    private readonly ConcurrentDictionary<EndpointId, BridgeEndpoint> _endpoints = new();
    private readonly Lock _gate = new();   // one network at a time is compared with the others
    private readonly HostKernel _kernel;
    private readonly INetworkFirewall _firewall;
    private readonly IPortPublisher _publisher;
    private readonly BridgeDriverOptions _options;
    private readonly ILogger<BridgeDriver> _logger;
    private readonly TimeProvider _time;

    public BridgeDriver(
        HostKernel kernel, INetworkFirewall firewall, IPortPublisher publisher, IOptions<BridgeDriverOptions> options, ILogger<BridgeDriver> logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _kernel = kernel;
        _firewall = firewall;
        _publisher = publisher;
        _options = options.Value;
        _logger = logger;
        _time = time;
    }

    public string Name => "bridge";

    public DriverCapabilities Capabilities { get; } = new() { BuildsEndpoints = false };

    public INetworkDriver OnHost(IServiceProvider host) => new BridgeDriver(
        host.GetRequiredService<HostKernel>(), host.GetRequiredService<INetworkFirewall>(), host.GetRequiredService<IPortPublisher>(), Options.Create(_options),
        NullLogger<BridgeDriver>.Instance, _time);

    public ValueTask<(bool SkipIPv4, bool SkipIPv6)> GetGatewayNeedsAsync(
        string networkName, bool isInternal, IReadOnlyDictionary<string, string> options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        BridgeNetworkOptions parsed = BridgeNetworkOptions.Parse($"network \"{networkName}\"", isInternal, options);
        return ValueTask.FromResult((
            parsed.GatewayModeIPv4 == GatewayMode.Isolated || (parsed.InhibitIPv4 && parsed.Internal),
            parsed.GatewayModeIPv6 == GatewayMode.Isolated));
    }

    public IReadOnlyDictionary<string, string> GetEndpointDetails(NetworkId networkId, EndpointId endpointId)
    {
        Dictionary<string, string> details = [];
        if (Find(networkId, endpointId) is { } endpoint)
        {
            details[NetworkLabels.MacAddress] = endpoint.MacAddress.ToString();
            details[BridgeLabels.ExposedPorts] = string.Join(',', endpoint.ExposedPorts);
            if (endpoint.PublishedPorts.Count > 0)
            {
                details[BridgeLabels.PortMap] = string.Join(',', endpoint.PublishedPorts);
            }
        }

        return details;
    }

    public ValueTask ReleaseIPv6Async(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
    {
        if (Find(networkId, endpointId) is { } endpoint)
        {
            endpoint.IPv6 = null;
        }

        return ValueTask.CompletedTask;
    }

    private BridgeEndpoint? Find(NetworkId networkId, EndpointId endpointId)
        => _endpoints.TryGetValue(endpointId, out BridgeEndpoint? endpoint) && endpoint.Network.Id == networkId ? endpoint : null;

    /// <summary>Takes a turn at the kernel; what is known about a refusal is said in the model's terms.</summary>
    private async ValueTask<TResult> AskKernelAsync<TState, TResult>(
        BridgeNetwork network, string subject, Func<KernelSession, TState, TResult> work, TState state, CancellationToken cancellationToken)
    {
        try
        {
            return await _kernel.RunAsync(work, state, cancellationToken).ConfigureAwait(false);
        }
        catch (KernelException exception)
        {
            if (BridgeErrors.Translate(exception, network, subject) is { } translated)
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
