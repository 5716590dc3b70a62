using LibNetwork.Linux;
using LibNetwork.TestSupport;

namespace LibNetwork.Cni.Tests;

/// <summary>Many calls at once, calls that are killed, and containers that vanish.</summary>
[Trait("Category", "Kernel")]
public sealed class RobustnessTests
{
    private const int Many = 32;
    private const int Kills = 24;
    private static readonly TimeSpan LongestCall = TimeSpan.FromMilliseconds(240);   // of a process that is compiled as it runs

    [Fact, Trait("Feature", "CI-05")]
    public async Task Many_calls_at_once_have_their_turns_and_no_address_is_given_twice()
    {
        using CniHost host = await CniHost.CreateAsync();
        string configuration = host.Configuration();
        string[] ids = [.. Enumerable.Range(0, Many).Select(static number => $"c{number}")];
        foreach (string id in ids)
        {
            _ = host.Container(id);
        }

        IReadOnlyList<string> before = await host.SnapshotAsync();

        CniAnswer[] added = await Task.WhenAll(ids.Select(id => host.AddAsync(id, configuration)));
        CniAnswer[] deleted = await Task.WhenAll(ids.Select(id => host.DelAsync(id, configuration)));

        Assert.All(added.Concat(deleted), static answer => answer.MustBeGood());
        Assert.Equal(Many, added.SelectMany(static answer => answer.Addresses).Distinct().Count());
        Assert.Equal(before, await host.SnapshotAsync());
    }

    [Theory, Trait("Feature", "CI-06")]
    [InlineData("ADD")]
    [InlineData("DEL")]
    public async Task A_call_that_is_killed_at_any_time_leaves_nothing_after_DEL(string command)
    {
        using CniHost host = await CniHost.CreateAsync();
        string configuration = host.Configuration();
        (await host.AddAsync("resident", configuration)).MustBeGood();
        _ = host.Container("c");
        (await host.DelAsync("c", configuration)).MustBeGood();
        IReadOnlyList<string> before = await host.SnapshotAsync();

        for (int kill = 0; kill < Kills; kill++)
        {
            if (command == "DEL")
            {
                (await host.AddAsync("c", configuration)).MustBeGood();
            }

            await host.KillAsync(command, "c", configuration, LongestCall * kill / Kills);
            (await host.DelAsync("c", configuration)).MustBeGood();

            Assert.Equal(before, await host.SnapshotAsync());
        }

        CniAnswer next = (await host.AddAsync("c", configuration)).MustBeGood();
        Assert.Equal(["10.88.0.3/16"], next.Addresses);   // no address is lost
    }

    [Fact, Trait("Feature", "CI-04")]
    public async Task DEL_of_what_is_gone_or_never_was_is_no_error()
    {
        using CniHost host = await CniHost.CreateAsync();
        string configuration = host.Configuration();
        _ = (host.Container("c"), host.Container("resident"));
        CniAnswer never = await host.DelAsync("c", configuration);
        (await host.AddAsync("resident", configuration)).MustBeGood();
        IReadOnlyList<string> before = [.. (await host.SnapshotAsync()).Where(static line => !line.Contains("container-c", StringComparison.Ordinal))];
        (await host.AddAsync("c", configuration)).MustBeGood();

        host.Vanish("c");
        CniAnswer vanished = await host.DelAsync("c", configuration);
        CniAnswer again = await host.DelAsync("c", configuration);

        Assert.All([never, vanished, again], static answer => answer.MustBeGood());
        Assert.Equal(before, await host.SnapshotAsync());
    }

    [Fact, Trait("Feature", "CI-08")]
    public async Task GC_keeps_what_the_runtime_has_and_removes_the_rest()
    {
        using CniHost host = await CniHost.CreateAsync();
        string configuration = host.Configuration();
        foreach (string id in (string[])["kept", "gone", "renamed"])
        {
            (await host.AddAsync(id, configuration)).MustBeGood();
        }

        string valid = host.Configuration(("cni.dev/valid-attachments", System.Text.Json.Nodes.JsonNode.Parse("""
            [{ "containerID": "kept", "ifname": "eth0" }, { "containerID": "renamed", "ifname": "net9" }]
            """)));
        CniAnswer collected = await host.CallAsync("GC", valid);
        bool[] reach = [.. await Task.WhenAll(((string[])["kept", "gone", "renamed"]).Select(id => Ping.SendAsync(host.From(id), "10.88.0.1")))];
        CniAnswer next = (await host.AddAsync("gone", configuration)).MustBeGood();
        (await host.CallAsync("GC", host.Configuration(("cni.dev/valid-attachments", new System.Text.Json.Nodes.JsonArray())))).MustBeGood();
        bool reachesAtLast = await Ping.SendAsync(host.From("kept"), "10.88.0.1");

        collected.MustBeGood();
        Assert.Equal([true, false, false], reach);
        Assert.Equal(["10.88.0.3/16"], next.Addresses);
        Assert.False(reachesAtLast);
    }

    [Fact, Trait("Feature", "CI-09")]
    public async Task While_another_program_runs_the_hosts_network_a_call_says_try_again()
    {
        using CniHost host = await CniHost.CreateAsync();
        string configuration = host.Configuration();
        CniAnswer free = await host.CallAsync("STATUS", configuration);
        CniAnswer add, status;
        await using (HostKernel other = HostKernel.Open(new HostKernelOptions { NamespacePath = host.Host.NamespacePath }))
        {
            Assert.Null(await other.ClaimAsync(TestContext.Current.CancellationToken));
            add = await host.AddAsync("c", configuration);
            status = await host.CallAsync("STATUS", configuration);
        }

        CniAnswer later = await host.AddAsync("c", configuration);

        Assert.Equal((null, 11, 50, null), (free.Code, add.Code, status.Code, later.Code));
    }

    [Fact]
    public async Task A_store_that_is_damaged_does_not_stop_the_containers_nor_the_calls()
    {
        using CniHost host = await CniHost.CreateAsync();
        string configuration = host.Configuration();
        _ = (host.Container("one"), host.Container("two"));
        IReadOnlyList<string> before = await host.SnapshotAsync();
        (await host.AddAsync("one", configuration)).MustBeGood();
        await File.WriteAllTextAsync(Path.Combine(host.Host.RunDirectory, "state.db"), "no store", TestContext.Current.CancellationToken);

        CniAnswer two = (await host.AddAsync("two", configuration)).MustBeGood();
        bool lives = await Ping.SendAsync(host.From("one"), "10.88.0.1");
        (await host.DelAsync("one", configuration)).MustBeGood();
        (await host.DelAsync("two", configuration)).MustBeGood();

        Assert.Equal(["10.88.0.3/16"], two.Addresses);
        Assert.True(lives);
        Assert.Equal(before, await host.SnapshotAsync());
    }
}
