using System.Diagnostics;
using System.Net.Sockets;
using LibNetwork;

namespace MiniRuntime;

/// <content>Coming and going.</content>
internal sealed partial class DemoChecks
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);

    private static string Within { get; } = $"within {Soon.TotalMilliseconds} ms";

    private async Task CheckLifeCycleAsync()
    {
        report.Section("Coming and going");
        await report.CheckAsync("delete network web while it has endpoints", nameof(NetworkErrorKind.Forbidden), DeleteBusyNetworkAsync);
        DemoContainer first = await stage.StartAsync("web", "web-3", cancellationToken);
        foreach (AddressFamily family in Families)
        {
            await CheckFirstPacketAsync("new container web-3 to web-1", first.Peer, Peer("web-1"), family);
            await CheckFirstPacketAsync("web-1 to new container web-3", Peer("web-1"), first.Peer, family);
        }

        await stage.StopAsync(first);
        DemoContainer second = await stage.StartAsync("web", "web-4", cancellationToken);
        foreach (AddressFamily family in Families)
        {
            await report.CheckAsync($"web-4 after web-3 has gone, {NameOf(family)}", $"gets {first.Peer.Address(family)}", () =>
                Task.FromResult($"gets {second.Peer.Address(family)}"));
            await CheckFirstPacketAsync("web-1, who knew web-3, to web-4", Peer("web-1"), second.Peer, family);
        }

        await stage.StopAsync(second);
    }

    private Task CheckFirstPacketAsync(string tried, DemoPeer from, DemoPeer to, AddressFamily family)
        => report.CheckAsync($"{tried}, {NameOf(family)}", $"first packet {Within}", async () =>
        {
            long begun = Stopwatch.GetTimestamp();
            if (!await Probe.FirstPacketAsync(from, to, family, cancellationToken))
            {
                return "nothing";
            }

            TimeSpan took = Stopwatch.GetElapsedTime(begun);
            return "first packet " + (took <= Soon ? Within : $"after {took.TotalMilliseconds:0} ms");
        });

    private async Task<string> DeleteBusyNetworkAsync()
    {
        try
        {
            await stage.Controller.GetNetwork("web").DeleteAsync(cancellationToken);
            return "deleted";
        }
        catch (NetworkException exception)
        {
            report.Note($"Deleting a network in use: {exception.Kind}: {exception.Message}");
            return exception.Kind.ToString();
        }
    }
}
