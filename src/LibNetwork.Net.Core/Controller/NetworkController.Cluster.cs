using LibNetwork.Cluster;
using LibNetwork.Drivers;
using LibNetwork.Ipam;
using LibNetwork.Stores;

namespace LibNetwork.Controller;

/// <content>Networks that the hosts of a cluster share.</content>
public sealed partial class NetworkController
{
    private readonly Lock _followingGate = new();
    private ClusterFollower? _follower;

    /// <summary>The networks of the cluster; <see langword="null"/> on a host that is no node of one.</summary>
    internal ClusterNetworks? ClusterNetworks { get; init; }

    internal IEnumerable<Network> SharedNetworks => _networks.Values.Where(static network => network.State.IsShared);

    /// <summary>Whether a network is here, or a verb is making it, or another one of its id.</summary>
    internal bool Knows(NetworkId id) => _networkIds.ContainsKey(id);

    /// <summary>Takes up a network that another node has created.</summary>
    /// <returns>Whether it is found by its name; if not, a network of this host alone has that name.</returns>
    internal async Task<bool> TakeUpAsync(NetworkState state, CancellationToken cancellationToken)
    {
        string subject = $"network \"{state.Name}\"";
        INetworkDriver driver = await FindNetworkDriverAsync(state.Driver, subject, cancellationToken).ConfigureAwait(false);
        IIpamDriver ipam = await FindIpamDriverAsync(state.IpamDriver, subject, cancellationToken).ConfigureAwait(false);
        return await Verb.RunAsync(subject, Services.Logger, async undo =>
        {
            if (!_networkIds.TryAdd(state.Id, subject))
            {
                throw NetworkException.Conflict(subject, $"id {state.Id} is taken on this host", _networkIds.GetValueOrDefault(state.Id));
            }

            undo.Push(() => _networkIds.TryRemove(state.Id, out _));
            bool isNamed = TakeName(state);
            undo.Push(() => ReleaseName(state.Name, state.Id));
            undo.Push(async () => await Services.Store.TryCommitAsync(
                StoreRecords.Delete(StoreKeys.Network(state.Id), StoreDurability.Process), CancellationToken.None).ConfigureAwait(false));
            await Services.Store.TryCommitAsync(StoreRecords.Put(state, RecordPhase.Creating), cancellationToken).ConfigureAwait(false);
            await driver.CreateNetworkAsync(RequestFor(state), cancellationToken).ConfigureAwait(false);
            undo.Push(() => driver.DeleteNetworkAsync(state.Id, CancellationToken.None));
            await Services.Store.TryCommitAsync(StoreRecords.Put(state, RecordPhase.Ready), cancellationToken).ConfigureAwait(false);
            _networks[state.Id] = new Network(this, state, driver, ipam);
            ShowToHost();
            return isNamed;
        }).ConfigureAwait(false);
    }

    private void ThrowIfForeign(NetworkState state)
    {
        if (state.IsShared && ClusterNetworks is null)
        {
            throw new NetworkException(NetworkErrorKind.NotSupported, $"network \"{state.Name}\"", "is a cluster's, and this host is not a node of one any more")
            {
                Remedy = $"add the cluster again ({nameof(Microsoft.Extensions.DependencyInjection.ClusterBuilderExtensions.AddCluster)})",
            };
        }
    }

    /// <summary>Lets a network be found by its name. On its own host a network that is not shared comes first.</summary>
    private bool TakeName(NetworkState state)
    {
        if (!state.IsShared)
        {
            _networkNames[state.Name] = state.Id;
            return true;
        }

        return _networkNames.TryAdd(state.Name, state.Id);
    }

    /// <summary>Frees a network's name; if a network of the cluster has waited for it, that has it now.</summary>
    private void ReleaseName(string name, NetworkId id)
    {
        if (_networkNames.TryRemove(new KeyValuePair<string, NetworkId>(name, id)) && SharedNetworks.FirstOrDefault(network => network.Name == name && network.Id != id) is { } waiting)
        {
            _networkNames.TryAdd(name, waiting.Id);
        }
    }

    private void StartFollowing()
    {
        if (ClusterNetworks is not { } cluster)
        {
            return;
        }

        lock (_followingGate)
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            _follower ??= new ClusterFollower(this, cluster);
        }
    }

    private ValueTask StopFollowingAsync()
    {
        lock (_followingGate)
        {
            return _follower?.DisposeAsync() ?? ValueTask.CompletedTask;
        }
    }
}
