using LibNetwork.Drivers;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>A driver that keeps the contract but for one thing.</summary>
internal sealed class BreachingDriver(INetworkDriver inner, DriverHost host, Breach breach) : INetworkDriver
{
    private readonly HashSet<NetworkId> _networks = [];
    private readonly HashSet<EndpointId> _endpoints = [];
    private readonly Lock _gate = new();

    public string Name => breach == Breach.ShoutsItsName ? inner.Name.ToUpperInvariant() : inner.Name;

    public DriverCapabilities Capabilities => inner.Capabilities;

    public async ValueTask CreateNetworkAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default)
    {
        await inner.CreateNetworkAsync(request, breach == Breach.IgnoresTheToken ? CancellationToken.None : cancellationToken);
        Note(_networks, request.Id);
    }

    public ValueTask DeleteNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default)
    {
        ThrowIfGone(_networks, networkId, $"network \"{networkId}\"");
        return breach == Breach.ForgetsTheParent ? ValueTask.CompletedTask : inner.DeleteNetworkAsync(networkId, cancellationToken);
    }

    public async ValueTask<DriverEndpoint> CreateEndpointAsync(DriverEndpointRequest request, CancellationToken cancellationToken = default)
    {
        if (breach == Breach.TakesAnyNetwork && !_networks.Contains(request.NetworkId))
        {
            return new DriverEndpoint();
        }

        DriverEndpoint settled = await inner.CreateEndpointAsync(request, cancellationToken);
        Note(_endpoints, request.Id);
        return breach == Breach.OverwritesTheAddress ? settled with { IPv4 = InterfaceAddress.Parse("10.99.0.1/24") } : settled;
    }

    public ValueTask DeleteEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
    {
        ThrowIfGone(_endpoints, endpointId, $"endpoint \"{endpointId}\"");
        return breach == Breach.LeavesTheInterface ? ValueTask.CompletedTask : inner.DeleteEndpointAsync(networkId, endpointId, cancellationToken);
    }

    public async ValueTask<DriverJoin> JoinAsync(DriverJoinRequest request, CancellationToken cancellationToken = default)
    {
        if (breach == Breach.MakesNoInterface)
        {
            return new DriverJoin { SourceName = request.InterfaceName, CreatedInSandbox = true };
        }

        if (breach == Breach.JoinsWithoutRollBack)
        {
            await MarkAsync();   // and whatever happens from here on, it stays
        }

        return await inner.JoinAsync(request, cancellationToken);
    }

    public ValueTask LeaveAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
        => breach == Breach.LeavesTheInterface ? ValueTask.CompletedTask : inner.LeaveAsync(networkId, endpointId, cancellationToken);

    private void Note<T>(HashSet<T> known, T id)
    {
        lock (_gate)
        {
            known.Add(id);
        }
    }

    private void ThrowIfGone<T>(HashSet<T> known, T id, string subject)
    {
        lock (_gate)
        {
            if (!known.Remove(id) && breach == Breach.MindsWhatIsGone)
            {
                throw NetworkException.NotFound(subject);
            }
        }
    }

    private async Task MarkAsync() => await host.Kernel.RunAsync(
        static (session, _) =>
        {
            session.Route.Batch.ChangeLink(DriverHost.CardName, new LinkChange { Alias = "joining" });
            session.Route.Execute();
            return true;
        },
        0);
}
