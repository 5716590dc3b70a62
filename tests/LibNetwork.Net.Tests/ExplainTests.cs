using System.Net;
using LibNetwork.Flows;
using LibNetwork.Linux.Nftables;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>What is foretold about a flow is what happens when it is tried.</summary>
[Trait("Category", "Kernel")]
public sealed class ExplainTests
{
    private static readonly Dictionary<string, Trial> Trials = new(StringComparer.Ordinal)
    {
        ["a neighbour"] = new("b", static s => s.IPv4("a"), "80/tcp", FlowVerdict.Allowed),
        ["a neighbour by UDP"] = new("b", static s => s.IPv4("a"), "80/udp", FlowVerdict.Allowed),
        ["a neighbour by IPv6"] = new("b", static s => s.IPv6("a"), "80/tcp", FlowVerdict.Allowed),
        ["another network"] = new("d", static s => s.IPv4("a"), "80/tcp", FlowVerdict.Dropped, "networks are apart"),
        ["another network by UDP"] = new("d", static s => s.IPv4("a"), "80/udp", FlowVerdict.Dropped, "networks are apart"),
        ["another network by IPv6"] = new("d", static s => s.IPv6("a"), "80/tcp", FlowVerdict.Dropped, "networks are apart"),
        ["into an internal network"] = new("a", static s => s.IPv4("i"), "80/tcp", FlowVerdict.Dropped, "nothing enters an internal network"),
        ["out of an internal network"] = new("i", static s => s.IPv4("a"), "80/tcp", FlowVerdict.Unreachable),
        ["within an internal network"] = new("i", static s => s.IPv4("j"), "80/tcp", FlowVerdict.Allowed),
        ["without ICC"] = new("r", static s => s.IPv4("q"), "80/tcp", FlowVerdict.Dropped),
        ["by a link"] = new("l", static s => s.IPv4("q"), "80/tcp", FlowVerdict.Allowed, "a link's questions"),
        ["a port that the link does not open"] = new("l", static s => s.IPv4("q"), "80/udp", FlowVerdict.Dropped),
        ["a published port from outside"] = new("outside", static _ => TestHost.HostIPv4, "8080/tcp", FlowVerdict.Allowed, "what came to a published port"),
        ["a published port from outside by UDP"] = new("outside", static _ => TestHost.HostIPv4, "8080/udp", FlowVerdict.Allowed, "what came to a published port"),
        ["a published port from outside by IPv6"] = new("outside", static _ => TestHost.HostIPv6, "8080/tcp", FlowVerdict.Allowed, "what came to a published port"),
        ["a published port from the host by loopback"] = new("host", static _ => "127.0.0.1", "8080/tcp", FlowVerdict.Allowed),
        ["a published port from the host by its address"] = new("host", static _ => TestHost.HostIPv4, "8080/tcp", FlowVerdict.Allowed),
        ["a published port from the host by IPv6"] = new("host", static _ => TestHost.HostIPv6, "8080/tcp", FlowVerdict.Allowed),
        ["a port of loopback from the host"] = new("host", static _ => "127.0.0.1", "8081/tcp", FlowVerdict.Allowed),
        ["a port of loopback from an endpoint"] = new("d", static _ => "127.0.0.1", "8081/tcp", FlowVerdict.Allowed) { ArrivesElsewhere = true },
        ["a published port from its own endpoint"] = new("a", static _ => TestHost.HostIPv4, "8080/tcp", FlowVerdict.Allowed, "endpoints of one network"),
        ["a published port from a neighbour"] = new("b", static _ => TestHost.HostIPv4, "8080/tcp", FlowVerdict.Allowed, "endpoints of one network"),
        ["a published port from another network"] = new("d", static _ => TestHost.HostIPv4, "8080/tcp", FlowVerdict.Allowed, "what came to a published port"),
        ["a published port from another network by UDP"] = new("d", static _ => TestHost.HostIPv4, "8080/udp", FlowVerdict.Allowed, "what came to a published port"),
        ["a published port from an internal network"] = new("i", static _ => TestHost.HostIPv4, "8080/tcp", FlowVerdict.Unreachable),
        ["an endpoint's address from the host"] = new("host", static s => s.IPv4("a"), "80/tcp", FlowVerdict.Allowed),
        ["an endpoint's address from the host by IPv6"] = new("host", static s => s.IPv6("a"), "80/tcp", FlowVerdict.Allowed),
        ["an endpoint's address from outside"] = new("outside", static s => s.IPv4("a"), "80/tcp", FlowVerdict.Dropped, "nothing comes in unasked")
        {
            Prepare = static s => s.World.RouteOutsideAsync($"{s.IPv4("a")}/32", TestHost.HostIPv4),
        },
        ["an endpoint's address from outside by IPv6"] = new("outside", static s => s.IPv6("a"), "80/tcp", FlowVerdict.Dropped, "nothing comes in unasked")
        {
            Prepare = static s => s.World.RouteOutsideAsync($"{s.IPv6("a")}/128", TestHost.HostIPv6),
        },
        ["loopback from outside"] = new("outside", static _ => "127.0.0.1", "8081/tcp", FlowVerdict.Dropped, "ports published on loopback are reached only from there")
        {
            Prepare = static s => s.World.RouteOutsideAsync("127.0.0.0/30", TestHost.HostIPv4),
        },
        ["an unprotected endpoint from outside"] = new("outside", static s => s.IPv4("o"), "80/tcp", FlowVerdict.Allowed) { Prepare = Reachable },
        ["an open port by a trusted interface"] = new("outside", static s => s.IPv4("t"), "80/tcp", FlowVerdict.Allowed, "open ports, by trusted interfaces") { Prepare = Reachable },
        ["another port by a trusted interface"] = new("outside", static s => s.IPv4("t"), "80/udp", FlowVerdict.Dropped, "nothing comes in unasked") { Prepare = Reachable },
        ["an open port of a routed network"] = new("outside", static s => s.IPv4("x"), "80/tcp", FlowVerdict.Allowed, "open ports of routed networks") { Prepare = Reachable },
        ["another port of a routed network"] = new("outside", static s => s.IPv4("x"), "80/udp", FlowVerdict.Dropped, "nothing comes in unasked") { Prepare = Reachable },
        ["the host by the gateway's address"] = new("a", static s => s.Endpoint("a").GatewayIPv4!.ToString(), "7000/tcp", FlowVerdict.Allowed) { Prepare = static s => s.ServeOnHostAsync() },
        ["the host by another network's gateway"] = new("a", static s => s.Endpoint("d").GatewayIPv4!.ToString(), "7000/tcp", FlowVerdict.Allowed) { Prepare = static s => s.ServeOnHostAsync() },
        ["the host from an internal network"] = new("i", static s => Next(s.IPv4("i"), -1), "7000/tcp", FlowVerdict.Allowed) { Prepare = static s => s.ServeOnHostAsync() },
        ["another address of the host from an internal network"] =
            new("i", static _ => TestHost.HostIPv4, "7000/tcp", FlowVerdict.Dropped, "an internal network reaches only its own gateway address") { Prepare = WithRouteInside },
        ["a published port from an internal network that has a route"] =
            new("i", static _ => TestHost.HostIPv4, "8080/tcp", FlowVerdict.Dropped, "nothing leaves an internal network") { Prepare = WithRouteInside },
        ["out of an internal network that has a route"] =
            new("i", static s => s.IPv4("a"), "80/udp", FlowVerdict.Dropped, "nothing leaves an internal network") { Prepare = WithRouteInside },
        ["the host from outside"] = new("outside", static _ => TestHost.HostIPv4, "7000/udp", FlowVerdict.Allowed) { Prepare = static s => s.ServeOnHostAsync() },
        ["a neighbour by its link-local address"] = new("b", static s => s.Endpoint("a").MacAddress!.Value.ToLinkLocalAddress().ToString(), "80/tcp", FlowVerdict.Allowed) { OnLink = true },
        ["an address that nobody has"] = new("b", static s => Next(s.IPv4("a"), 100), "80/tcp", FlowVerdict.Unreachable),
    };

    public static TheoryData<string, bool> AllTrials
    {
        get
        {
            TheoryData<string, bool> data = [];
            foreach (string name in Trials.Keys)
            {
                data.Add(name, false);
                data.Add(name, true);
            }

            return data;
        }
    }

    [Theory, Trait("Feature", "DG-04")]
    [MemberData(nameof(AllTrials))]
    public async Task What_is_foretold_happens_and_the_rule_that_decides_is_named(string name, bool bridgedPass)
    {
        Trial trial = Trials[name];
        await using FlowScene scene = await FlowScene.CreateAsync(bridgedPass);
        await trial.Prepare(scene);
        string destination = trial.Destination(scene);
        FlowSource source = trial.Who switch
        {
            "host" => FlowSource.Host,
            "outside" => FlowScene.Outside(destination.Contains(':', StringComparison.Ordinal) ? TestHost.OutsideIPv6 : TestHost.OutsideIPv4),
            _ => scene.From(trial.Who),
        };

        FlowExplanation explanation = await scene.ExplainAsync(source, destination, trial.Port);
        string target = trial.OnLink ? $"{destination}%{await scene.IndexInsideAsync(trial.Who)}" : destination;
        bool arrived = await FlowScene.TryAsync(scene.OpenerOf(trial.Who), target, trial.Port, trial.Expected == FlowVerdict.Allowed && !trial.ArrivesElsewhere);

        TestContext.Current.TestOutputHelper?.WriteLine(explanation.ToString());
        Assert.Equal(trial.Expected, explanation.Verdict);
        Assert.Equal(trial.Expected == FlowVerdict.Allowed && !trial.ArrivesElsewhere, arrived);
        Assert.Empty(explanation.Unknowns);
        if (trial.Comment is not null)
        {
            Assert.Equal(trial.Comment, explanation.Decision?.Rule?.Comment);
            Assert.True(explanation.Decision?.Rule?.IsOurs);
        }
    }

    private static Task Reachable(FlowScene scene) => scene.AddReachableNetworksAsync();

    private static async Task WithRouteInside(FlowScene scene)
    {
        await scene.ServeOnHostAsync();
        await scene.RouteInsideAsync("i", router: Next(scene.IPv4("i"), -1));
    }

    private static string Next(string address, int distance)
    {
        byte[] bytes = IPAddress.Parse(address).GetAddressBytes();
        bytes[^1] += (byte)distance;
        return new IPAddress(bytes).ToString();
    }

    private sealed record Trial(string Who, Func<FlowScene, string> Destination, string Port, FlowVerdict Expected, string? Comment = null)
    {
        public Func<FlowScene, Task> Prepare { get; init; } = static _ => Task.CompletedTask;

        /// <summary>Whether the destination is one only together with a link.</summary>
        public bool OnLink { get; init; }

        /// <summary>Whether it arrives where nobody serves, such as in the sandbox itself.</summary>
        public bool ArrivesElsewhere { get; init; }
    }
}
