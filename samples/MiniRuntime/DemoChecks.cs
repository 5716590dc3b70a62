using System.Net.Sockets;

namespace MiniRuntime;

/// <summary>The claims, each proved by what really happens. The groups are in files of their own.</summary>
internal sealed partial class DemoChecks(DemoStage stage, DemoReport report, CancellationToken cancellationToken)
{
    private static readonly AddressFamily[] Families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    private DemoPeer Outside => stage.World.Outside;

    private DemoPeer Host => stage.World.Host;

    public async Task RunAsync()
    {
        await CheckProcessesAsync();
        await CheckConnectivityAsync();
        await CheckHostAndNullAsync();
        await CheckLifeCycleAsync();
        await CheckIsolationAsync();
    }

    private static string NameOf(AddressFamily family) => family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";

    private DemoPeer Peer(string container) => stage[container].Peer;
}
