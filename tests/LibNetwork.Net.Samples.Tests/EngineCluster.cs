using LibNetwork.TestSupport;

namespace LibNetwork.Samples.Tests;

/// <summary>Engines on hosts of one wire, with etcd on the first. Disposing removes all of it.</summary>
internal sealed class EngineCluster : IAsyncDisposable
{
    private readonly Underlay _underlay;
    private readonly EtcdMembers _etcd;
    private readonly List<RunningEngine> _engines = [];

    private EngineCluster(Underlay underlay, EtcdMembers etcd) => (_underlay, _etcd) = (underlay, etcd);

    public IReadOnlyList<RunningEngine> Engines => _engines;

    public static async Task<EngineCluster> StartAsync(int count, CancellationToken cancellationToken)
    {
        Underlay underlay = await Underlay.CreateAsync(count);
        string address = Underlay.IPv4(0).ToString();
        EngineCluster cluster = new(underlay, await EtcdMembers.StartAsync(inside: underlay.Hosts[0].Namespace, address: address));
        try
        {
            for (int i = 0; i < count; i++)
            {
                string[] arguments = ["--cluster", cluster._etcd.Endpoints[0].ToString(), "--advertise", Underlay.IPv4(i).ToString(), "--node-name", $"n{i}"];
                cluster._engines.Add(await RunningEngine.StartAsync(underlay.Hosts[i], arguments, cancellationToken));
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RunningEngine engine in _engines)
        {
            await engine.DisposeAsync();   // with its host
        }

        await _etcd.DisposeAsync();
        _underlay.Dispose();
    }
}
