using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Cni.Tests;

/// <summary>CHECK finds what others changed.</summary>
[Trait("Category", "Kernel")]
public sealed class CheckTests
{
    [Fact, Trait("Feature", "CI-07")]
    public async Task What_is_as_it_was_made_passes_and_nothing_is_changed()
    {
        using CniHost host = await CniHost.CreateAsync();
        string configuration = host.Configuration();
        CniAnswer added = (await host.AddAsync("c", configuration)).MustBeGood();
        IReadOnlyList<string> before = await host.SnapshotAsync();

        CniAnswer checkedOnce = await host.CheckAsync("c", configuration, added);

        checkedOnce.MustBeGood();
        Assert.Empty(checkedOnce.Output);
        Assert.Equal(before, await host.SnapshotAsync());
    }

    [Theory, Trait("Feature", "CI-07")]
    [InlineData("address", "address 10.88.0.2/16 is missing")]
    [InlineData("route", "the route to 0.0.0.0/0 by 10.88.0.1 is missing")]
    [InlineData("down", "eth0 is down")]
    [InlineData("mac", "eth0 has MAC address 02:00:00:00:00:99, not 02:42:0a:58:00:02")]
    [InlineData("gone", "there is no interface eth0 in the container")]
    [InlineData("bridge", "cni0 is no bridge that is up")]
    public async Task What_others_changed_is_found(string change, string difference)
    {
        using CniHost host = await CniHost.CreateAsync();
        string configuration = host.Configuration();
        CniAnswer added = (await host.AddAsync("c", configuration)).MustBeGood();
        if (change == "bridge")
        {
            await LibNetwork.TestSupport.HostProgram.RunAsync(host.Host, "ip link set cni0 down");
        }
        else
        {
            await host.InContainerAsync("c", session => Change(session, change));
        }

        CniAnswer found = await host.CheckAsync("c", configuration, added);

        Assert.Equal(105, found.Code);
        Assert.Contains(difference, found.Json.GetProperty("details").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_vanished_is_found()
    {
        using CniHost host = await CniHost.CreateAsync();
        string configuration = host.Configuration();
        CniAnswer added = (await host.AddAsync("c", configuration)).MustBeGood();
        string path = host.Container("c").Path!;   // it is pinned
        host.Vanish("c");

        System.Text.Json.Nodes.JsonNode asked = System.Text.Json.Nodes.JsonNode.Parse(configuration)!;   // it is an object
        asked["prevResult"] = System.Text.Json.Nodes.JsonNode.Parse(added.Output);
        CniAnswer found = await host.CallAsync("CHECK", "c", asked.ToJsonString(), "eth0", path);

        Assert.Equal(105, found.Code);
        Assert.Contains("has lost its namespace", found.Message, StringComparison.Ordinal);
    }

    private static void Change(KernelSession session, string change)
    {
        RtNetlinkBatch batch = session.Route.Batch;
        int index = session.Route.FindLink("eth0")!.Index;   // ADD made it
        switch (change)
        {
            case "address":
                batch.RemoveAddress(index, IPAddress.Parse("10.88.0.2"), 16);
                break;
            case "route":
                batch.RemoveRoute(new RouteSpec { Destination = IPNetwork.Parse("0.0.0.0/0"), Gateway = IPAddress.Parse("10.88.0.1"), OutputInterface = index });
                break;
            case "down":
                batch.ChangeLink(index, new LinkChange { Up = false });
                break;
            case "mac":
                batch.ChangeLink(index, new LinkChange { Address = MacAddress.Parse("02:00:00:00:00:99").ToPhysicalAddress() });
                break;
            default:
                batch.DeleteLink("eth0");
                break;
        }

        session.Route.Execute();
    }
}
