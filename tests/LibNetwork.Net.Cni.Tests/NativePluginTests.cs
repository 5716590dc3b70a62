using LibNetwork.TestSupport;

namespace LibNetwork.Cni.Tests;

/// <summary>The plugin compiled ahead of time, as it is meant to be installed: without a warning, and it works.</summary>
[Trait("Category", "Kernel")]
public sealed class NativePluginTests
{
    [Fact, Trait("Feature", "CI-11")]
    public async Task It_is_published_without_a_warning_and_every_verb_works()
    {
        Assert.SkipUnless(NativeProgram.IsPossible, "NativeAOT needs a linker, and there is neither clang nor gcc");
        (string? program, string log) = await NativeProgram.PublishAsync("src/LibNetwork.Net.Cni", "libnetwork-cni", "NativeCni");
        Assert.True(program is not null, log);
        using CniHost host = await CniHost.CreateAsync(program);
        string configuration = host.Configuration(("runtimeConfig", System.Text.Json.Nodes.JsonNode.Parse("""{ "portMappings": [{ "hostPort": 80, "containerPort": 80 }] }""")));
        _ = host.Container("c");
        IReadOnlyList<string> before = await host.SnapshotAsync();

        CniAnswer version = await host.CallAsync("VERSION", configuration);
        CniAnswer status = await host.CallAsync("STATUS", configuration);
        CniAnswer added = await host.AddAsync("c", configuration);
        bool reaches = await Ping.SendAsync(host.From("c"), "10.88.0.1");
        CniAnswer unchanged = await host.CheckAsync("c", configuration, added);
        CniAnswer collected = await host.CallAsync("GC", host.Configuration(("cni.dev/valid-attachments", System.Text.Json.Nodes.JsonNode.Parse("""[{ "containerID": "c", "ifname": "eth0" }]"""))));
        bool stillReaches = await Ping.SendAsync(host.From("c"), "10.88.0.1");
        CniAnswer deleted = await host.DelAsync("c", configuration);

        Assert.DoesNotContain(": warning ", log, StringComparison.Ordinal);
        Assert.False(File.Exists(program + ".dll"), "what was published is managed code");
        Assert.All([version, status, added, unchanged, collected, deleted], static answer => answer.MustBeGood());
        Assert.All([version, status, added, unchanged, collected, deleted], static answer => Assert.Empty(answer.Errors));
        Assert.Equal((true, true), (reaches, stillReaches));
        Assert.Equal(before, await host.SnapshotAsync());
    }
}
