using System.Collections.Concurrent;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Drivers.Macvlan;

/// <summary>Networks on the wire of one of the host's interfaces, endpoints as macvlan interfaces inside sandboxes.</summary>
/// <remarks>An endpoint is only a record until it joins: then its interface is made inside the sandbox, under its name, in one request.</remarks>
internal sealed partial class MacvlanDriver : INetworkDriver, IRestorableDriver, IGatewayAllocationDriver, ILeftoverDriver
{
    private readonly ConcurrentDictionary<NetworkId, MacvlanNetwork> _networks = new();
    private readonly ConcurrentDictionary<EndpointId, MacvlanEndpoint> _endpoints = new();
    private readonly SemaphoreSlim _turn = new(1, 1);   // networks that share a parent are made and removed one after the other
    private readonly HostKernel _kernel;
    private readonly ILogger<MacvlanDriver> _logger;

    public MacvlanDriver(HostKernel kernel, ILogger<MacvlanDriver> logger)
    {
        _kernel = kernel;
        _logger = logger;
    }

    public string Name => "macvlan";

    public DriverCapabilities Capabilities { get; } = new() { BuildsEndpoints = false };

    /// <summary>A gateway on the wire is there or it is not: IPAM has none to give.</summary>
    public (bool SkipIPv4, bool SkipIPv6) GetGatewayNeeds(string networkName, bool isInternal, IReadOnlyDictionary<string, string> options)
    {
        MacvlanNetworkOptions.Parse($"network \"{networkName}\"", isInternal, options);
        return (true, true);
    }

    public async ValueTask CreateNetworkAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        MacvlanNetwork network = new(request);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            RefuseUnlessShareable(network);
            await AskKernelAsync(network.Subject, ParentLink.FindOrMake, network, cancellationToken).ConfigureAwait(false);
            _networks[network.Id] = network;
        }
        finally
        {
            _turn.Release();
        }

        Log.NetworkCreated(_logger, network.Id, network.Parent);
    }

    public async ValueTask DeleteNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_networks.TryGetValue(networkId, out MacvlanNetwork? network))
            {
                return;
            }

            if (!_networks.Values.Any(other => other.Id != networkId && other.Parent == network.Parent))
            {
                await AskKernelAsync(network.Subject, ParentLink.Remove, network.Parent.Value, cancellationToken).ConfigureAwait(false);
            }

            _networks.TryRemove(networkId, out _);
            Log.NetworkDeleted(_logger, networkId, network.Parent);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask<IReadOnlyList<string>> RemoveLeftoversAsync(CancellationToken cancellationToken = default)
    {
        HashSet<string> used = [.. _networks.Values.Select(static network => network.Parent.Value)];
        return await _kernel.RunAsync(
            static IReadOnlyList<string> (session, used) =>
            {
                List<string> removed = [];
                foreach (LinkInfo link in session.Route.DumpLinks().Where(link => ParentLink.IsOurs(link) && !used.Contains(link.Name)))
                {
                    ParentLink.Remove(session, link.Name);
                    removed.Add($"interface \"{link.Name}\" ({link.Alias})");
                }

                return removed;
            },
            used,
            cancellationToken).ConfigureAwait(false);
    }

    private void RefuseUnlessShareable(MacvlanNetwork network)
    {
        foreach (MacvlanNetwork other in _networks.Values.Where(other => other.Id != network.Id && other.Parent == network.Parent))
        {
            if (network.IsAlone || other.IsAlone)
            {
                throw NetworkException.Forbidden(
                    network.Subject, $"parent \"{network.Parent}\" cannot be shared in mode passthru", other.Subject, "choose another parent or mode");
            }
        }
    }

    private async ValueTask<TResult> AskKernelAsync<TState, TResult>(
        string subject, Func<KernelSession, TState, TResult> work, TState state, CancellationToken cancellationToken)
    {
        try
        {
            return await _kernel.RunAsync(work, state, cancellationToken).ConfigureAwait(false);
        }
        catch (KernelException exception)
        {
            if (MacvlanErrors.Translate(exception, subject) is { } translated)
            {
                throw translated;
            }

            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.NetworkCreated, LogLevel.Information, "Macvlan network {NetworkId} is on {Parent}.", EventName = nameof(NetworkCreated))]
        public static partial void NetworkCreated(ILogger logger, NetworkId networkId, InterfaceName parent);

        [LoggerMessage(EventIds.NetworkDeleted, LogLevel.Information, "Macvlan network {NetworkId} on {Parent} is gone.", EventName = nameof(NetworkDeleted))]
        public static partial void NetworkDeleted(ILogger logger, NetworkId networkId, InterfaceName parent);

        [LoggerMessage(
            EventIds.PortsIgnored, LogLevel.Warning, "Ports of {Subject} are not published: it is reached on the wire itself.", EventName = nameof(PortsIgnored))]
        public static partial void PortsIgnored(ILogger logger, string subject);
    }
}
