using System.Net.Sockets;

namespace MiniRuntime;

/// <content>Who should reach whom, does.</content>
internal sealed partial class DemoChecks
{
    private async Task CheckConnectivityAsync()
    {
        report.Section("Containers of one network reach each other");
        foreach ((string from, string to) in new[] { ("web-1", "web-2"), ("backend-1", "backend-2") })
        {
            await CheckReachAsync(Peer(from), Peer(to), seenAs: Peer(from));
        }

        report.Section("Containers reach the outside, which sees the host's address");
        foreach (string from in new[] { "web-1", "other-1", "quiet-1" })
        {
            await CheckReachAsync(Peer(from), Outside, seenAs: Host);
        }
    }

    private async Task CheckReachAsync(DemoPeer from, DemoPeer to, DemoPeer seenAs)
    {
        foreach (AddressFamily family in Families)
        {
            string tried = $"{from.Name} to {to.Name}, {NameOf(family)}";
            await report.CheckAsync($"{tried}, UDP", Probe.AllFrom(seenAs.Address(family)), () => Probe.UdpAsync(from, to, family, cancellationToken));
            await report.CheckAsync($"{tried}, TCP", Probe.EchoTo(seenAs.Address(family)), () => Probe.TcpAsync(from, to, family, cancellationToken));
        }
    }
}
