using System.Net.Sockets;
using MiniRuntime.Demo.Reporting;
using MiniRuntime.Demo.Traffic;

namespace MiniRuntime.Demo.Checks;

/// <summary>The claims, each proved by what really happens. The groups are in files of their own.</summary>
internal sealed partial class Checklist(Stage stage, Report report, CancellationToken cancellationToken)
{
    private static readonly AddressFamily[] Families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    private Peer Outside => stage.World.Outside;

    private Peer Host => stage.World.Host;

    public async Task RunAsync()
    {
        await CheckProcessesAsync();
        await CheckConnectivityAsync();
        await CheckHostAndNullAsync();
        await CheckLifeCycleAsync();
        await CheckIsolationAsync();
        await CheckExplanationAsync();
    }

    private static string NameOf(AddressFamily family) => family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";

    private Peer Peer(string container) => Traffic.Peer.Of(stage[container]);
}
