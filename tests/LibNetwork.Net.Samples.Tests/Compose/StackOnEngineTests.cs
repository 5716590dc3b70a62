using System.Text.Json.Nodes;

namespace LibNetwork.Samples.Tests.Compose;

/// <summary>Stacks on MiniRuntime's own engine, with real containers. Their image is the machine itself.</summary>
[Trait("Category", "Kernel")]
public sealed class StackOnEngineTests(EngineFixture fixture) : IClassFixture<EngineFixture>, IDisposable
{
    // A refusal comes from the other end: there is nobody to refuse when there is no way.
    private const string Reaches = "timeout 2 bash -c 'exec 3<>/dev/tcp/10.66.2.9/9' 2>&1 | grep -q refused";

    // Each ends with 0 only if what it is there to show is so; the last is started only then.
    private const string Shop =
        $$"""
        name: shop
        x-common: &common
          image: host
          stop_grace_period: 0s
        services:
          inside:
            <<: *common
            command: ["sh", "-c", "{{Reaches}}"]
            networks: [front, back]
            depends_on: [db]
          outside:
            <<: *common
            command: ["sh", "-c", "! {{Reaches}}"]
            networks: [front]
            depends_on: [db]
          db:
            <<: *common
            command: sleep 1000
            networks:
              back: { ipv4_address: 10.66.2.9 }
          proof:
            <<: *common
            command: sleep 1000
            networks: [front]
            scale: 2
            depends_on:
              inside: { condition: service_completed_successfully }
              outside: { condition: service_completed_successfully }
        networks:
          front: { ipam: { config: [{ subnet: 10.66.1.0/24 }] } }
          back: { internal: true, ipam: { config: [{ subnet: 10.66.2.0/24 }] } }
        """;

    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("libnetwork-stack-").FullName, "stack.yml");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);   // it was made in a folder

    [Fact]
    public async Task Services_reach_each_other_by_address_where_they_share_a_network_and_nothing_is_left()
    {
        await File.WriteAllTextAsync(_file, Shop, Cancel);
        IReadOnlyList<string> before = await fixture.Engine.KernelAsync();

        string up = await RunAsync(0, "up", _file);
        string again = await RunAsync(0, "up", _file);
        string shown = await RunAsync(0, "ps", _file);
        JsonArray containers = (await fixture.Engine.GetAsync("/containers/json", Cancel)).AsArray();
        await RunAsync(0, "down", _file);

        Assert.Contains("Container shop-proof-2  Started", up, StringComparison.Ordinal);
        Assert.DoesNotContain("Creating", again, StringComparison.Ordinal);
        Assert.Contains("shop_back 10.66.2.9", shown, StringComparison.Ordinal);
        Assert.Contains(containers, container => container!["Names"]![0]!.GetValue<string>() == "/shop-proof-2");
        Assert.Equal(before, await fixture.Engine.KernelAsync());
        Assert.Empty((await fixture.Engine.GetAsync("/containers/json?all=1", Cancel)).AsArray());
    }

    [Fact]
    public async Task Up_that_is_interrupted_leaves_nothing()
    {
        await File.WriteAllTextAsync(_file, Shop.Replace($"[\"sh\", \"-c\", \"{Reaches}\"]", "sleep 1000", StringComparison.Ordinal), Cancel);
        IReadOnlyList<string> before = await fixture.Engine.KernelAsync();
        using MiniRuntime up = MiniRuntime.Start("up", _file, "--socket", fixture.Engine.SocketPath);
        await up.WaitForLineAsync("Container shop-inside-1  Waiting for its end", Cancel);

        await up.InterruptAsync(Cancel);
        int exitCode = await up.WaitAsync(Cancel);

        Assert.True(exitCode == 130, up.Output);
        Assert.Equal(before, await fixture.Engine.KernelAsync());
        Assert.Empty((await fixture.Engine.GetAsync("/containers/json?all=1", Cancel)).AsArray());
    }

    [Fact]
    public async Task Up_of_a_file_with_problems_makes_nothing()
    {
        await File.WriteAllTextAsync(_file, Shop.Replace("scale: 2", "scale: two", StringComparison.Ordinal), Cancel);

        string output = await RunAsync(1, "up", _file);

        Assert.Empty(output);   // problems are said on standard error
        Assert.Empty((await fixture.Engine.GetAsync("/containers/json?all=1", Cancel)).AsArray());
    }

    private async Task<string> RunAsync(int expectedExitCode, params string[] arguments)
    {
        using MiniRuntime command = MiniRuntime.Start([.. arguments, "--socket", fixture.Engine.SocketPath]);
        int exitCode = await command.WaitAsync(Cancel);
        Assert.True(exitCode == expectedExitCode, $"{string.Join(' ', arguments)}: {exitCode}, {command.Output}");
        return command.Output.TrimEnd();
    }
}
