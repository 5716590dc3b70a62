using LibNetwork.Controller.Outlining;

namespace LibNetwork.Controller;

/// <content>Endpoints in short.</content>
internal sealed partial class Network
{
    /// <summary>Its endpoints in short, without those that were never taken up.</summary>
    public IEnumerable<OutlinedEndpoint> Outlined => _endpoints.Values.Select(static endpoint => endpoint.ToOutline());

    /// <summary>Whether each of its endpoints can be understood without others.</summary>
    public bool IsPlain => _endpoints.Values.All(static endpoint => endpoint is { IsUnderWay: false, State.Egress: null });

    /// <summary>Keeps the names and addresses of endpoints that are not taken up.</summary>
    public Task<bool> KeepAsync(IReadOnlyList<OutlinedEndpoint> endpoints, CancellationToken cancellationToken)
        => Verb.RunAsync(Subject, Services.Logger, async undo =>
        {
            foreach (OutlinedEndpoint endpoint in endpoints)
            {
                ReserveName(endpoint.Name, endpoint.Id);
                undo.Push(() => ReleaseName(endpoint.Name));
                foreach (OutlinedAddress held in Ipam.Capabilities.RequiresReplay ? endpoint.Addresses : [])
                {
                    await EndpointAddresses.ReplayAsync(this, held.PoolId, held.Address, endpoint.Name, endpoint.Created, undo, cancellationToken).ConfigureAwait(false);
                }
            }

            return true;
        });
}
