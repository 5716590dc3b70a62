using System.Net;
using LibNetwork.Ipam;
using LibNetwork.Stores;

namespace LibNetwork.Cluster;

/// <content>What networks that hosts share hold themselves: it is bound to no node.</content>
internal sealed partial class SharedAddresses
{
    /// <summary>
    /// What makes a network's pools, gateways and reserved addresses, which this node has just taken, the network's own. The commit that creates the
    /// network does it, and fails when the node has lost any of them meanwhile, or given it back.
    /// </summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Unavailable"/>: the node has lost them already.</exception>
    public StoreTransaction PlanHandOver(NetworkId network, IReadOnlyList<NetworkPool> pools)
    {
        List<(string Key, long Revision)> checks = [];
        List<(string Key, ReadOnlyMemory<byte> Value)> puts = [];
        List<string> deletes = [];
        lock (_gate)
        {
            foreach ((string own, string given) in KeysOf(network, pools))
            {
                string key = own.Length > 0 ? own : given;
                if (_replica.Find(key) is not { Hold: { } hold } entry || hold.Holding != _held.Holding || !_held.Contains(key))
                {
                    throw _node.IsCutOff();
                }

                checks.Add((key, entry.Revision));
                puts.Add((given, ClusterRecords.Write(hold with { Node = ClusterKeys.HolderOf(network), NodeName = string.Empty, Holding = string.Empty, IsJoined = false })));
                if (own.Length > 0)
                {
                    deletes.Add(own);
                }
            }
        }

        return new StoreTransaction { Checks = checks, Puts = puts, Deletes = deletes };
    }

    /// <summary>What a network holds, to be deleted with it.</summary>
    public IReadOnlyList<string> HeldBy(NetworkId network, IReadOnlyList<NetworkPool> pools) => [.. KeysOf(network, pools).Select(static key => key.Given)];

    /// <summary>Takes what a commit did with what networks hold.</summary>
    public void Learn(StoreTransaction done, long revision)
    {
        lock (_gate)
        {
            foreach ((string key, ReadOnlyMemory<byte> value) in done.Puts.Where(static put => put.Key.StartsWith(ClusterKeys.Ipam, StringComparison.Ordinal)))
            {
                _held.Remove(key);
                _replica.Learn(key, value, revision);
            }

            foreach (string key in done.Deletes.Where(static key => key.StartsWith(ClusterKeys.Ipam, StringComparison.Ordinal)))
            {
                _held.Remove(key);
                _replica.Learn(key, value: null, revision);
            }
        }
    }

    /// <summary>Waits until a network's pools are known here: what the store tells of networks may come before what it tells of pools.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Unavailable"/>: they do not come.</exception>
    public ValueTask KnowAsync(SharedNetwork network, CancellationToken cancellationToken)
    {
        string[] shared = [.. network.State.Pools.Where(IsShared).Select(static pool => pool.PoolId)];
        return WaitAsync(() => _replica.Revision > network.Revision || shared.All(pool => _replica.FindPool(pool) is not null), cancellationToken);
    }

    /// <summary>Whether a pool is of the space that hosts share; a pool of another IPAM driver is not.</summary>
    public bool IsShared(NetworkPool pool) => PoolId.TryParse(pool.PoolId, out PoolId id) && id.Space == Space;

    /// <summary>The keys of a network's pools, gateways and reserved addresses.</summary>
    /// <returns>
    /// The key under which the network has each; and that under which this node has it, where it is another one. An address has one key, whoever holds it.
    /// </returns>
    private IEnumerable<(string Own, string Given)> KeysOf(NetworkId network, IReadOnlyList<NetworkPool> pools)
    {
        foreach (NetworkPool pool in pools)
        {
            if (!PoolId.TryParse(pool.PoolId, out PoolId id) || id.Space != Space)
            {
                continue;
            }

            yield return (ClusterKeys.Pool(pool.PoolId, _replica.Self ?? string.Empty), ClusterKeys.Pool(pool.PoolId, ClusterKeys.HolderOf(network)));
            IEnumerable<IPAddress> reserved = pool.Reserved.Values.Where(pool.Subnet.Contains);
            foreach (IPAddress address in (pool.Gateway is { } gateway ? reserved.Append(gateway) : reserved).Distinct())
            {
                yield return (string.Empty, ClusterKeys.Address(id, address));
            }
        }
    }
}
