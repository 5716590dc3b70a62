using LibNetwork.Cluster;

namespace LibNetwork.Controller;

/// <content>Addresses that hosts share.</content>
internal sealed partial class Endpoint
{
    /// <summary>Takes its addresses under the node's present holding. One that another has by now is told, and stays where it is: nothing is cut off under a user's hands.</summary>
    /// <remarks>Outside the endpoint's turn, so that no verb waits for a store that is not reached.</remarks>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Unavailable"/>: the node is cut off.</exception>
    public async Task ReclaimAddressesAsync(CancellationToken cancellationToken)
    {
        foreach ((string? poolId, InterfaceAddress? address) in new[] { (_poolIPv4, State.IPv4), (_poolIPv6, State.IPv6) })
        {
            if (poolId is not null && address is { } held && Owner.SharesPool(poolId))
            {
                await ReclaimAsync(poolId, held, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task ReclaimAsync(string poolId, InterfaceAddress address, CancellationToken cancellationToken)
    {
        while (true)
        {
            EndpointState state = State;
            NetworkException? lost = null;
            try
            {
                await EndpointAddresses.TakeAgainAsync(Owner, poolId, address.Address, state.Name, state.Created, cancellationToken).ConfigureAwait(false);
            }
            catch (NetworkException taken) when (taken.Kind == NetworkErrorKind.Conflict)
            {
                lost = taken;
            }

            await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            try
            {
                bool hasIt = !_isDeleted && (_poolIPv4 == poolId || _poolIPv6 == poolId);
                if (hasIt && lost is not null && State.Name == state.Name)
                {
                    ClusterFollower.TellAddressLost(Services, this, lost);
                }
                else if (!hasIt && lost is null)
                {
                    await EndpointAddresses.ReleaseAsync(Owner, poolId, address.Address).ConfigureAwait(false);   // it was given back meanwhile
                }

                if (!hasIt || State.Name == state.Name)
                {
                    return;
                }
            }
            finally
            {
                _turn.Release();
            }
        }
    }
}
