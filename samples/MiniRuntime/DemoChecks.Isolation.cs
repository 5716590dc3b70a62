using System.Net.Sockets;
using LibNetwork;

namespace MiniRuntime;

/// <content>Who should not reach whom, does not; each time somebody else proves that the victim can be reached.</content>
internal sealed partial class DemoChecks
{
    private async Task CheckIsolationAsync()
    {
        report.Section("Networks are apart");
        await CheckWallAsync(Peer("web-1"), Peer("other-1"), neighbour: Peer("other-2"));
        await CheckWallAsync(Peer("other-1"), Peer("web-1"), neighbour: Peer("web-2"));

        report.Section("Without inter-container connectivity (ICC), neighbours are strangers");
        await CheckWallAsync(Peer("quiet-1"), Peer("quiet-2"), neighbour: Host);

        report.Section("No way out of the internal network, and none in");
        await CheckWallAsync(Peer("backend-1"), Outside, neighbour: Peer("web-1"));
        await CheckWallAsync(Peer("backend-1"), Peer("web-1"), neighbour: Peer("web-2"));
        await CheckWallAsync(Peer("web-1"), Peer("backend-1"), neighbour: Peer("backend-2"));

        report.Section("An outside that has learnt the route to the containers still gets nowhere");
        foreach (string network in new[] { "web", "backend" })
        {
            foreach (NetworkPool pool in stage.Controller.GetNetwork(network).State.Pools)
            {
                await stage.World.TeachOutsideAsync(pool.Subnet);
            }

            await CheckWallAsync(Outside, Peer($"{network}-1"), neighbour: Peer($"{network}-2"));
        }
    }

    private async Task CheckWallAsync(DemoPeer attacker, DemoPeer victim, DemoPeer neighbour)
    {
        foreach (AddressFamily family in Families)
        {
            await report.CheckAsync(
                $"{attacker.Name} to {victim.Name}, {NameOf(family)} (control: {neighbour.Name})",
                Probe.NoneButControl,
                () => Probe.AttackAsync(attacker, victim, neighbour, family, cancellationToken));
        }
    }
}
