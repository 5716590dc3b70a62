using LibNetwork.Controller.Rehearsing;
using LibNetwork.Drivers;
using LibNetwork.Ipam;

namespace LibNetwork.Controller;

/// <content>What a verb would do.</content>
public sealed partial class NetworkController
{
    internal IEnumerable<IIpamDriver> AllIpamDrivers => _ipamDrivers.Values;

    /// <inheritdoc/>
    public async Task<VerbPlan> PlanAsync(NetworkSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        string subject = $"network \"{spec.Name}\"";
        if (!spec.ConfigOnly)   // a template does nothing to a kernel
        {
            string ipam = FindTemplate(spec, subject)?.State.IpamDriver ?? spec.IpamDriver;
            ThrowIfNotRehearsable(
                await FindNetworkDriverAsync(spec.Driver, subject, cancellationToken).ConfigureAwait(false),
                await FindIpamDriverAsync(ipam, subject, cancellationToken).ConfigureAwait(false));
        }

        Rehearsal rehearsal = await Rehearsal.StartAsync(this, _options, cancellationToken).ConfigureAwait(false);
        await using (rehearsal.ConfigureAwait(false))
        {
            (INetwork network, IReadOnlyList<string> changes) = await rehearsal.RecordAsync(
                () => rehearsal.Controller.CreateNetworkAsync(spec, cancellationToken)).ConfigureAwait(false);
            return new VerbPlan { Changes = changes, Network = network.State };
        }
    }

    /// <summary>What attaching a sandbox to a network would do.</summary>
    internal async Task<VerbPlan> PlanAttachAsync(
        Network network, ISandbox sandbox, EndpointSpec spec, JoinOptions? options, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        Sandbox target = Own(sandbox);
        IReadOnlyList<(Endpoint Endpoint, int Priority)> joined = target.JoinedEndpoints;
        foreach (Network owner in joined.Select(static pair => pair.Endpoint.Owner).Append(network))
        {
            ThrowIfNotRehearsable(owner.Driver, owner.Ipam);
        }

        Rehearsal rehearsal = await Rehearsal.StartAsync(this, _options, cancellationToken).ConfigureAwait(false);
        await using (rehearsal.ConfigureAwait(false))
        {
            ISandbox stand = await rehearsal.Controller.CreateSandboxAsync(target.ToSpec(), cancellationToken).ConfigureAwait(false);

            // The automatic way out first: where there is none, joining would make one.
            foreach ((Endpoint endpoint, int priority) in joined.OrderByDescending(static pair => pair.Endpoint.Owner.Name == GatewayNetwork.NetworkName))
            {
                await rehearsal.Controller.GetNetwork(endpoint.Owner.Name).GetEndpoint(endpoint.Name).JoinAsync(
                    stand, new JoinOptions { GatewayPriority = priority, InterfaceName = endpoint.State.InterfaceName }, cancellationToken).ConfigureAwait(false);
            }

            (IEndpoint planned, IReadOnlyList<string> changes) = await rehearsal.RecordAsync(
                () => rehearsal.Controller.GetNetwork(network.Id.Value).AttachAsync(stand, spec, options, cancellationToken)).ConfigureAwait(false);
            return new VerbPlan { Changes = changes, Endpoint = planned.State };
        }
    }

    private static void ThrowIfNotRehearsable(INetworkDriver driver, IIpamDriver ipam)
    {
        if (driver is not IRehearsableDriver || ipam is not IRehearsableIpamDriver)
        {
            throw AbsentDriver.CannotBePlanned(driver is IRehearsableDriver ? ipam.Name : driver.Name);
        }
    }
}
