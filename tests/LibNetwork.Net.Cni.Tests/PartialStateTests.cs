using System.Text.Json.Nodes;
using LibNetwork.TestSupport;

namespace LibNetwork.Cni.Tests;

/// <summary>Calls that look only at what they are about, and what is in their way beside it.</summary>
[Trait("Category", "Kernel"), Trait("Feature", "CI-12")]
public sealed class PartialStateTests
{
    [Theory]
    [InlineData("nft flush ruleset", "ADD")]
    [InlineData("nft delete table bridge libnetwork", "ADD")]
    [InlineData("nft flush table inet libnetwork", "STATUS")]
    public async Task Rules_that_others_removed_are_there_again_after_the_next_call(string removal, string call)
    {
        using CniHost host = await CniHost.CreateAsync();
        string web = host.Configuration(), other = Other(host);
        (await host.AddAsync("one", web)).MustBeGood();
        (await host.AddAsync("two", other)).MustBeGood();
        _ = host.Container("three");
        IReadOnlyList<string> before = await host.SnapshotAsync();

        await HostProgram.RunAsync(host.Host, removal);
        IReadOnlyList<string> removed = await host.SnapshotAsync();
        if (call == "ADD")
        {
            (await host.AddAsync("three", web)).MustBeGood();
            (await host.DelAsync("three", web)).MustBeGood();
        }
        else
        {
            (await host.CallAsync(call, web)).MustBeGood();
        }

        Assert.NotEqual(before, removed);
        Assert.Equal(before, await host.SnapshotAsync());
    }

    [Fact]
    public async Task A_network_goes_with_its_last_container_and_the_others_stay()
    {
        using CniHost host = await CniHost.CreateAsync();
        string web = host.Configuration(), other = Other(host);
        _ = (host.Container("one"), host.Container("two"), host.Container("three"));
        IReadOnlyList<string> empty = await host.SnapshotAsync();
        (await host.AddAsync("two", other)).MustBeGood();
        (await host.AddAsync("three", other)).MustBeGood();
        IReadOnlyList<string> before = await host.SnapshotAsync();

        (await host.AddAsync("one", web)).MustBeGood();
        (await host.DelAsync("one", web)).MustBeGood();
        IReadOnlyList<string> after = await host.SnapshotAsync();
        bool reaches = await Ping.SendAsync(host.From("two"), "10.89.0.1");
        (await host.DelAsync("two", other)).MustBeGood();
        (await host.DelAsync("three", other)).MustBeGood();

        Assert.Equal(before, after);
        Assert.True(reaches);
        Assert.Equal(empty, await host.SnapshotAsync());
    }

    [Fact]
    public async Task Two_containers_of_two_networks_do_not_get_one_port()
    {
        using CniHost host = await CniHost.CreateAsync();
        JsonNode Ports(int port) => JsonNode.Parse($$"""{ "portMappings": [{ "hostPort": {{port}}, "containerPort": 80 }] }""")!;   // it is an object
        (await host.AddAsync("one", host.Configuration(("runtimeConfig", Ports(8080))))).MustBeGood();
        string other = Other(host);
        (await host.AddAsync("resident", other)).MustBeGood();

        CniAnswer taken = await host.AddAsync("two", Other(host, ("runtimeConfig", Ports(8080))));
        CniAnswer free = await host.AddAsync("two", Other(host, ("runtimeConfig", Ports(8081))));

        Assert.Equal((102, null), (taken.Code, free.Code));
        Assert.Contains("one", taken.Output, StringComparison.Ordinal);
    }

    private static string Other(CniHost host, params (string Field, JsonNode? Value)[] changes) => host.Configuration(
    [
        ("name", "other"), ("bridge", "cni1"),
        ("ipam", JsonNode.Parse("""{ "type": "host-local", "subnet": "10.89.0.0/24", "routes": [{ "dst": "0.0.0.0/0" }] }""")), .. changes,
    ]);
}
