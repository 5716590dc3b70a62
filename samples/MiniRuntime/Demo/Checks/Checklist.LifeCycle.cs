using System.Diagnostics;
using System.Net.Sockets;
using LibNetwork;
using MiniRuntime.Containers;
using MiniRuntime.Demo.Traffic;

namespace MiniRuntime.Demo.Checks;

/// <content>Coming and going.</content>
internal sealed partial class Checklist
{
    // A packet that is lost while neighbours look for each other comes a whole second later.
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(500);

    private async Task CheckLifeCycleAsync()
    {
        report.Section("Coming and going");
        await report.CheckAsync("delete network web, in use", nameof(NetworkErrorKind.Forbidden), DeleteBusyNetworkAsync);
        Container first = await StartAsync("web-3");
        Peer gone = Traffic.Peer.Of(first);
        foreach (AddressFamily family in Families)
        {
            await CheckFirstPacketAsync(gone, Peer("web-1"), family);
            await CheckFirstPacketAsync(Peer("web-2"), gone, family);
        }

        await stage.StopAsync(first);
        Peer heir = Traffic.Peer.Of(await StartAsync("web-4"));
        foreach (AddressFamily family in Families)
        {
            await report.CheckAsync($"web-4, after web-3, {NameOf(family)}", $"has {gone.Address(family)}", () => Task.FromResult($"has {heir.Address(family)}"));
            await CheckFirstPacketAsync(heir, Peer("web-1"), family);
        }
    }

    private Task<Container> StartAsync(string name) => stage.StartAsync("web", name, cancellationToken);

    private Task CheckFirstPacketAsync(Peer from, Peer to, AddressFamily family)
        => report.CheckAsync($"{from.Name} → {to.Name}, {NameOf(family)} first packet", "at once", async () =>
        {
            long begun = Stopwatch.GetTimestamp();
            if (!await Probe.FirstPacketAsync(from, to, family, cancellationToken))
            {
                return "never";
            }

            TimeSpan took = Stopwatch.GetElapsedTime(begun);
            return took <= AtOnce ? "at once" : $"after {took.TotalMilliseconds:0} ms";
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
            return exception.Kind.ToString();
        }
    }
}
