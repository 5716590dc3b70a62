using System.Net.Sockets;
using LibNetwork;
using MiniRuntime.Demo.Traffic;

namespace MiniRuntime.Demo.Checks;

/// <content>Who should not reach whom, does not; each time somebody else proves that the victim can be reached.</content>
internal sealed partial class Checklist
{
    private async Task CheckIsolationAsync()
    {
        report.Section("Networks are apart");
        await CheckWallAsync(Peer("web-1"), Peer("other-1"), neighbour: Peer("other-2"));
        await CheckWallAsync(Peer("other-1"), Peer("web-1"), neighbour: Peer("web-2"));

        report.Section("Neighbours are apart (ICC off)");   // inter-container communication
        await CheckWallAsync(Peer("quiet-1"), Peer("quiet-2"), neighbour: Host);

        report.Section("Internal: no way out, nor in");
        await CheckWallAsync(Peer("backend-1"), Outside, neighbour: Peer("web-1"));
        await CheckWallAsync(Peer("backend-1"), Peer("web-1"), neighbour: Peer("web-2"));
        await CheckWallAsync(Peer("web-1"), Peer("backend-1"), neighbour: Peer("backend-2"));

        report.Section("Isolated: not even the host");
        await CheckWallAsync(Host, Peer("island-1"), neighbour: Peer("island-2"));
        await CheckWallAsync(Peer("island-1"), Host, neighbour: Outside);

        report.Section("Knowing the route does not help");
        foreach (string network in new[] { "web", "backend" })
        {
            foreach (NetworkPool pool in stage.Controller.GetNetwork(network).State.Pools)
            {
                await stage.World.TeachOutsideAsync(pool.Subnet);
            }

            await CheckWallAsync(Outside, Peer($"{network}-1"), neighbour: Peer($"{network}-2"));
        }
    }

    private async Task CheckWallAsync(Peer attacker, Peer victim, Peer neighbour)
    {
        foreach (AddressFamily family in Families)
        {
            await report.CheckAsync(
                $"{attacker.Name} → {victim.Name}, {NameOf(family)} UDP",
                Probe.NoneBut(neighbour),
                () => Probe.AttackAsync(attacker, victim, neighbour, family, cancellationToken));
        }
    }
}
