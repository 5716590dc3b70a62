using System.Net.Sockets;
using MiniRuntime.Demo.Traffic;

namespace MiniRuntime.Demo.Checks;

/// <content>Who should reach whom, does.</content>
internal sealed partial class Checklist
{
    private async Task CheckConnectivityAsync()
    {
        report.Section("Neighbours reach each other");
        foreach ((string from, string to) in new[] { ("web-1", "web-2"), ("backend-1", "backend-2"), ("island-1", "island-2") })
        {
            await CheckReachAsync(Peer(from), Peer(to), seenAs: Peer(from));
        }

        report.Section("Outside sees the host's address");
        foreach (string from in new[] { "web-1", "other-1", "quiet-1" })
        {
            await CheckReachAsync(Peer(from), Outside, seenAs: Host);
        }
    }

    private async Task CheckReachAsync(Peer from, Peer to, Peer seenAs)
    {
        foreach (AddressFamily family in Families)
        {
            string tried = $"{from.Name} → {to.Name}, {NameOf(family)}";
            await report.CheckAsync($"{tried} UDP", Probe.AllFrom(seenAs.Address(family)), () => Probe.UdpAsync(from, to, family, cancellationToken));
            await report.CheckAsync($"{tried} TCP", Probe.EchoTo(seenAs.Address(family)), () => Probe.TcpAsync(from, to, family, cancellationToken));
        }
    }
}
