using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.RemoteDrivers.Tests;

/// <summary>An unmodified dockerd whose networks are the bridge driver's and whose addresses are the default IPAM driver's.</summary>
[Trait("Category", "Kernel")]
public sealed class DockerTests
{
    private const string Plugin = "libnetwork";

    [Fact]
    [Trait("Feature", "RM-01")]
    [Trait("Feature", "IP-15")]
    public async Task Containers_of_dockerd_talk_over_the_bridge_driver()
    {
        Assert.SkipWhen(DockerDaemon.WhyNot is not null, DockerDaemon.WhyNot ?? string.Empty);
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        string folder = Directory.CreateDirectory(Path.Combine(host.Folder, "plugins")).FullName;
        await using PluginServer plugin = await StartAsync(host, folder);
        await using DockerDaemon docker = await DockerDaemon.StartAsync(host, folder);

        await docker.RunAsync("network", "create", "-d", Plugin, "--ipam-driver", Plugin, "--subnet", "10.77.0.0/24", "front");
        await docker.RunAsync("network", "create", "-d", Plugin, "--ipam-driver", Plugin, "back");
        Assert.Contains("overlap", await docker.FailAsync("network", "create", "-d", Plugin, "--ipam-driver", Plugin, "--subnet", "10.77.0.0/16", "wide"), StringComparison.Ordinal);
        foreach (string name in new[] { "one", "two" })
        {
            await docker.RunAsync("run", "-d", "--name", name, "--network", "front", DockerDaemon.Image, "/bin/busybox", "sleep", "1000");
        }

        string two = await docker.RunAsync("inspect", "-f", "{{.NetworkSettings.Networks.front.IPAddress}}", "two");
        Assert.StartsWith("10.77.0.", two, StringComparison.Ordinal);
        Assert.Contains("1 packets received", await PingAsync(docker, "one", two), StringComparison.Ordinal);
        Assert.Contains("1 packets received", await PingAsync(docker, "one", TestHost.HostIPv4), StringComparison.Ordinal);

        await docker.RunAsync("network", "connect", "back", "one");
        await docker.RunAsync("network", "connect", "back", "two");
        string behind = await docker.RunAsync("inspect", "-f", "{{.NetworkSettings.Networks.back.IPAddress}}", "two");
        Assert.Contains("1 packets received", await PingAsync(docker, "one", behind), StringComparison.Ordinal);
        await docker.RunAsync("network", "disconnect", "back", "one");
        Assert.Contains("0 packets received", await docker.RunAsync("exec", "one", "/bin/busybox", "sh", "-c", $"ping -c 1 -W 1 {behind} || true"), StringComparison.Ordinal);

        await docker.RunAsync("rm", "-f", "one", "two");
        await docker.RunAsync("network", "rm", "front", "back");
        await plugin.Services.GetRequiredService<LibNetwork.Linux.HostKernel>().Reaper.DrainAsync();
        string links = await HostProgram.RunAsync(host, "ip -o link");
        Assert.DoesNotContain("br-", links, StringComparison.Ordinal);
        Assert.DoesNotContain("veth", links, StringComparison.Ordinal);
        Assert.DoesNotContain("lnp", links, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "RM-01")]
    public async Task A_plugin_that_starts_anew_has_the_networks_of_before_and_their_ports()
    {
        Assert.SkipWhen(DockerDaemon.WhyNot is not null, DockerDaemon.WhyNot ?? string.Empty);
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        string folder = Directory.CreateDirectory(Path.Combine(host.Folder, "plugins")).FullName;
        PluginServer first = await StartAsync(host, folder);
        await using DockerDaemon docker = await DockerDaemon.StartAsync(host, folder);
        await docker.RunAsync("network", "create", "-d", Plugin, "--ipam-driver", Plugin, "front");
        await docker.RunAsync("run", "-d", "--name", "one", "--network", "front", "-p", "8080:80", DockerDaemon.Image, "/bin/busybox", "httpd", "-f", "-p", "80");
        await docker.RunAsync("run", "-d", "--name", "two", "--network", "front", DockerDaemon.Image, "/bin/busybox", "sleep", "1000");
        string one = await docker.RunAsync("inspect", "-f", "{{.NetworkSettings.Networks.front.IPAddress}}", "one");
        await AssertPublishedAsync(host);

        await first.DisposeAsync();
        Assert.Contains("1 packets received", await PingAsync(docker, "two", one), StringComparison.Ordinal);
        await using PluginServer second = await StartAsync(host, folder);

        await docker.RunAsync("run", "-d", "--name", "three", "--network", "front", DockerDaemon.Image, "/bin/busybox", "sleep", "1000");
        string three = await docker.RunAsync("inspect", "-f", "{{.NetworkSettings.Networks.front.IPAddress}}", "three");
        Assert.Equal(3, new HashSet<string>([one, three, await docker.RunAsync("inspect", "-f", "{{.NetworkSettings.Networks.front.IPAddress}}", "two")]).Count);
        Assert.Contains("1 packets received", await PingAsync(docker, "one", three), StringComparison.Ordinal);
        await AssertPublishedAsync(host);
        await docker.RunAsync("rm", "-f", "one", "two", "three");
        await docker.RunAsync("network", "rm", "front");
        await second.Services.GetRequiredService<LibNetwork.Linux.HostKernel>().Reaper.DrainAsync();
        Assert.DoesNotContain("br-", await HostProgram.RunAsync(host, "ip -o link"), StringComparison.Ordinal);
    }

    /// <summary>The outside reaches the container; it may need a moment until it listens.</summary>
    private static async Task AssertPublishedAsync(TestHost host)
    {
        for (int attempt = 0; ; attempt++)
        {
            string answer = await HostProgram.RunAsync(host, $"nsenter --net={host.Outside.Path} sh", $"printf 'GET / HTTP/1.0\\r\\n\\r\\n' | busybox nc -w 3 {TestHost.HostIPv4} 8080 || true");
            if (answer.Contains("HTTP/1.", StringComparison.Ordinal))
            {
                return;
            }

            Assert.True(attempt < 20, "the published port does not answer");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
        }
    }

    private static Task<PluginServer> StartAsync(TestHost host, string folder) => PluginServer.StartAsync(
        Path.Combine(folder, Plugin + ".sock"),
        services => services.AddLibNetwork(options =>
        {
            options.HostNamespacePath = host.NamespacePath;
            options.RunDirectory = host.RunDirectory;
        }).AddBridgeDriver().AddSqliteStore(Path.Combine(host.Folder, "plugin.db")),
        hostPath: host.NamespacePath);

    private static Task<string> PingAsync(DockerDaemon docker, string container, string address)
        => docker.RunAsync("exec", container, "/bin/busybox", "ping", "-c", "1", "-W", "3", address);
}
