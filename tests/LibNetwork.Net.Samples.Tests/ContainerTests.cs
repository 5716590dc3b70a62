namespace LibNetwork.Samples.Tests;

/// <summary>Containers, as the docker command line sees them. Their image is the machine itself.</summary>
[Trait("Category", "Kernel")]
public sealed class ContainerTests(EngineFixture fixture) : IClassFixture<EngineFixture>, IAsyncLifetime
{
    private readonly DockerClient _docker = new(fixture.Engine.SocketPath);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (await _docker.RunAsync("ps", "-aq") is { Length: > 0 } left)
        {
            await _docker.RunAsync(["rm", "-f", .. left.Split('\n')]);
        }

        await _docker.RunAsync("network", "prune", "-f");
    }

    [Fact]
    public async Task What_a_program_prints_and_its_exit_code_arrive()
    {
        (int exitCode, string output) = await _docker.TryAsync(null, "run", "--rm", "host", "sh", "-c", "echo out; echo err >&2; exit 3");

        Assert.Equal(3, exitCode);
        Assert.Equal("out\nerr\n", output);
        Assert.Empty(await _docker.RunAsync("ps", "-aq"));
    }

    [Fact]
    public async Task Input_reaches_the_program_with_its_end()
    {
        (int exitCode, string output) = await _docker.TryAsync("one\ntwo\n", "run", "-i", "--rm", "host", "cat");

        Assert.Equal((0, "one\ntwo\n"), (exitCode, output));
    }

    [Fact]
    public async Task A_program_that_is_not_there_gives_127()
    {
        (int exitCode, string output) = await _docker.TryAsync(null, "run", "--name", "missing", "host", "no-such-program");

        Assert.Equal(127, exitCode);
        Assert.Contains("executable file not found", output, StringComparison.Ordinal);
        Assert.Equal("created", await _docker.RunAsync("inspect", "-f", "{{.State.Status}}", "missing"));
    }

    [Fact]
    public async Task A_container_in_the_background_is_listed_logged_and_stopped()
    {
        string id = await _docker.RunAsync("run", "-d", "--name", "bg", "--label", "tier=web", "host", "sh", "-c", "echo ready; trap 'exit 5' TERM; while :; do sleep 0.1; done");

        Assert.Equal("bg host running bridge", await _docker.RunAsync("ps", "--filter", "label=tier=web", "--format", "{{.Names}} {{.Image}} {{.State}} {{.Networks}}"));
        Assert.Equal(id, await _docker.RunAsync("ps", "-q", "--no-trunc", "--filter", "network=bridge"));
        Assert.Equal("true 172.17.0.2", await _docker.RunAsync("inspect", "-f", "{{.State.Running}} {{.NetworkSettings.IPAddress}}", "bg"));
        await WaitForLogAsync("bg", "ready");
        await _docker.RunAsync("stop", "bg");

        Assert.Equal("exited 5 ", await RawAsync("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}} {{.NetworkSettings.Networks.bridge.IPAddress}}", "bg"));
        Assert.Empty(await _docker.RunAsync("ps", "-q"));
        Assert.Equal("bg", await _docker.RunAsync("ps", "-a", "--filter", "exited=5", "--format", "{{.Names}}"));
    }

    [Fact]
    public async Task A_program_beside_the_first_has_input_environment_and_an_exit_code()
    {
        await _docker.RunAsync("run", "-d", "--name", "ex", "-e", "A=1", "--hostname", "inside", "host", "sleep", "1000");

        (int exitCode, string output) = await _docker.TryAsync("in", "exec", "-i", "-e", "B=2", "ex", "sh", "-c", "cat; echo \" $A$B $(hostname)\"; exit 4");
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal("last words", await _docker.RunAsync("exec", "ex", "echo", "last words"));
        }

        (int missing, _) = await _docker.TryAsync(null, "exec", "ex", "no-such-program");

        Assert.Equal((4, "in 12 inside\n"), (exitCode, output));
        Assert.Equal(127, missing);
    }

    [Fact]
    public async Task Attaching_shows_what_comes_and_ends_with_the_exit_code()
    {
        await _docker.RunAsync("create", "-i", "--name", "at", "host", "sh", "-c", "read line; echo \"got $line\"; exit 6");

        (int exitCode, string output) = await _docker.TryAsync("it\n", "start", "-a", "-i", "at");

        Assert.Equal((6, "got it\n"), (exitCode, output));
        Assert.Equal("got it", await _docker.RunAsync("logs", "at"));
    }

    [Fact]
    public async Task A_running_container_is_connected_and_disconnected_and_packets_know()
    {
        await _docker.RunAsync("network", "create", "--subnet", "10.61.0.0/24", "n1");
        await _docker.RunAsync("network", "create", "--subnet", "10.62.0.0/24", "n2");
        await _docker.RunAsync("run", "-d", "--name", "ca", "--network", "n1", "host", "sleep", "1000");
        await _docker.RunAsync("run", "-d", "--name", "cb", "--network", "n2", "--ip", "10.62.0.9", "host", "sleep", "1000");

        Assert.False(await ReachesAsync("ca", "10.62.0.9"));
        await _docker.RunAsync("network", "connect", "n2", "ca");
        Assert.True(await ReachesAsync("ca", "10.62.0.9"));
        Assert.Contains("endpoint with name ca already exists in network n2", await _docker.FailAsync("network", "connect", "n2", "ca"), StringComparison.Ordinal);
        Assert.Contains("10.62.0.2", await _docker.RunAsync("exec", "ca", "cat", "/etc/hosts"), StringComparison.Ordinal);

        await _docker.RunAsync("network", "disconnect", "n2", "ca");
        Assert.False(await ReachesAsync("ca", "10.62.0.9"));
        Assert.Contains("is not connected to network n2", await _docker.FailAsync("network", "disconnect", "n2", "ca"), StringComparison.Ordinal);
        Assert.DoesNotContain("10.62.0.2", await _docker.RunAsync("exec", "ca", "cat", "/etc/hosts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_can_share_anothers_network_and_files()
    {
        await _docker.RunAsync("run", "-d", "--name", "owner", "--hostname", "own", "host", "sleep", "1000");

        string shared = await _docker.RunAsync("run", "--rm", "--network", "container:owner", "host", "sh", "-c", "hostname; cat /sys/class/net/eth0/address; grep own /etc/hosts");

        string mac = await _docker.RunAsync("inspect", "-f", "{{.NetworkSettings.MacAddress}}", "owner");
        Assert.Equal($"own\n{mac}\n172.17.0.2\town", shared);
    }

    [Fact]
    public async Task Wishes_that_cannot_be_met_are_refused_in_dockers_words()
    {
        await _docker.RunAsync("network", "create", "auto");
        await _docker.RunAsync("network", "create", "--subnet", "10.63.0.0/24", "own");
        await _docker.RunAsync("create", "--name", "taken", "host", "true");

        Assert.Contains("is already in use by container", await _docker.FailAsync("create", "--name", "taken", "host", "true"), StringComparison.Ordinal);
        Assert.Contains("No such image: nothing:latest", await CreateRawAsync("""{"Image":"nothing","Cmd":["true"]}"""), StringComparison.Ordinal);
        Assert.Contains("supported on user defined networks only", await _docker.FailAsync("create", "--ip", "172.17.0.9", "host", "true"), StringComparison.Ordinal);
        Assert.Contains("user configured subnets", await _docker.FailAsync("create", "--network", "auto", "--ip", "172.18.0.9", "host", "true"), StringComparison.Ordinal);
        Assert.Contains("no configured subnet", await _docker.FailAsync("create", "--network", "own", "--ip", "10.64.0.9", "host", "true"), StringComparison.Ordinal);
        Assert.Contains("network nowhere not found", await _docker.FailAsync("run", "-d", "--network", "nowhere", "host", "true"), StringComparison.Ordinal);
        Assert.Contains("No such container: nobody", await _docker.FailAsync("start", "nobody"), StringComparison.Ordinal);
        Assert.Contains("Published ports are discarded", await CreateRawAsync(
            """{"Image":"host","Cmd":["true"],"HostConfig":{"NetworkMode":"host","PortBindings":{"80/tcp":[{"HostPort":"80"}]}}}"""), StringComparison.Ordinal);
        Assert.Contains("is not a port or a range of ports", await CreateRawAsync(
            """{"Image":"host","Cmd":["true"],"HostConfig":{"PortBindings":{"80/tcp":[{"HostPort":"eighty"}]}}}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_in_use_is_removed_only_by_force_and_a_name_moves_on()
    {
        await _docker.RunAsync("run", "-d", "--name", "old", "host", "sleep", "1000");

        Assert.Contains("container is running", await _docker.FailAsync("rm", "old"), StringComparison.Ordinal);
        await _docker.RunAsync("rename", "old", "new");
        await _docker.RunAsync("create", "--name", "old", "host", "true");
        await _docker.RunAsync("rm", "-f", "new");

        Assert.Equal("old", await _docker.RunAsync("ps", "-a", "--format", "{{.Names}}"));
    }

    [Fact, Trait("Feature", "CN-34")]
    public async Task A_running_container_is_found_by_its_new_name_and_by_no_other()
    {
        await _docker.RunAsync("network", "create", "names");
        await _docker.RunAsync("run", "-d", "--name", "asker", "--network", "names", "host", "sleep", "1000");
        await _docker.RunAsync("run", "-d", "--name", "before", "--hostname", "box", "--network", "names", "--network-alias", "nick", "host", "sleep", "1000");
        string address = (await _docker.RunAsync("exec", "asker", "getent", "ahostsv4", "before")).Split(' ')[0];

        await _docker.RunAsync("rename", "before", "after");

        foreach (string name in new[] { "after", "box", "nick", "after.names" })
        {
            Assert.StartsWith(address, await _docker.RunAsync("exec", "asker", "getent", "ahostsv4", name), StringComparison.Ordinal);
        }

        Assert.Equal(2, (await _docker.TryAsync(null, "exec", "asker", "getent", "ahostsv4", "before.names")).ExitCode);
        await _docker.RunAsync("rename", "after", new string('x', 64));   // a name that no program can ask for
        Assert.StartsWith(address, await _docker.RunAsync("exec", "asker", "getent", "ahostsv4", "nick"), StringComparison.Ordinal);
        Assert.Equal(2, (await _docker.TryAsync(null, "exec", "asker", "getent", "ahostsv4", "after.names")).ExitCode);
    }

    [Fact]
    public async Task Many_containers_start_at_once_and_leave_nothing()
    {
        const int Count = 20;
        IReadOnlyList<string> before = await fixture.Engine.KernelAsync();

        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => _docker.RunAsync("run", "-d", "--name", $"many-{i}", "host", "sleep", "1000")));
        string[] addresses = (await _docker.RunAsync(
            ["inspect", "-f", "{{.NetworkSettings.IPAddress}}", .. Enumerable.Range(0, Count).Select(i => $"many-{i}")])).Split('\n');
        await _docker.RunAsync(["rm", "-f", .. Enumerable.Range(0, Count).Select(i => $"many-{i}")]);

        Assert.Equal(Count, addresses.Distinct().Count());
        Assert.Equal(before, await fixture.Engine.KernelAsync());
    }

    // A refusal comes from the other end: there is nobody to refuse when there is no way.
    private async Task<bool> ReachesAsync(string container, string address)
    {
        (_, string output) = await _docker.TryAsync(null, "exec", container, "timeout", "1", "bash", "-c", $"exec 3<>/dev/tcp/{address}/9");
        return output.Contains("refused", StringComparison.Ordinal);
    }

    private async Task WaitForLogAsync(string container, string line)
    {
        while (!(await _docker.RunAsync("logs", container)).Contains(line, StringComparison.Ordinal))
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private async Task<string> RawAsync(params string[] arguments) => (await _docker.TryAsync(null, arguments)).Output.TrimEnd('\n');

    private async Task<string> CreateRawAsync(string body)
        => (await fixture.Engine.SendAsync(HttpMethod.Post, "/containers/create", body, TestContext.Current.CancellationToken)).Body!.ToString();
}
