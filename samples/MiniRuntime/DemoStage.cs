using LibNetwork;
using LibNetwork.Drivers.Bridge;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MiniRuntime;

/// <summary>The cast: a controller on the world's host, its networks, and the containers on them.</summary>
internal sealed class DemoStage : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly List<DemoContainer> _containers = [];
    private readonly string _containerFolder;

    public DemoStage(DemoWorld world, bool verbose)
    {
        World = world;
        _containerFolder = Directory.CreateDirectory(Path.Combine(world.Folder, "containers")).FullName;
        ServiceCollection services = new();
        if (verbose)
        {
            services.AddLogging(static logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new DemoLog()));
        }

        services.AddLibNetwork(options =>
            {
                options.HostNamespacePath = world.HostNamespacePath;
                options.RunDirectory = world.RunDirectory;
                options.KernelObserver = verbose ? new DemoLog() : null;
            })
            .AddBridgeDriver()
            .AddHostDriver()
            .AddNullDriver();
        _services = services.BuildServiceProvider();
        Controller = _services.GetRequiredService<INetworkController>();
    }

    public DemoWorld World { get; }

    public INetworkController Controller { get; }

    public IReadOnlyList<DemoContainer> Containers => _containers;

    public DemoContainer this[string name] => _containers.Single(container => container.Name == name);

    /// <summary>Creates the networks and starts two containers on each, except on those where one says it all.</summary>
    public async Task BuildAsync(DemoReport report, CancellationToken cancellationToken)
    {
        report.Section("The networks and their containers");
        NetworkSpec[] networks =
        [
            new() { Name = "web", EnableIPv6 = true },
            new() { Name = "other", EnableIPv6 = true },
            new() { Name = "backend", EnableIPv6 = true, Internal = true },
            new()
            {
                Name = "quiet",
                EnableIPv6 = true,
                Options = new Dictionary<string, string> { [BridgeLabels.EnableInterContainer] = "false" },
            },
            new() { Name = "host", Driver = "host" },
            new() { Name = "none", Driver = "null" },
        ];
        foreach (NetworkSpec network in networks)
        {
            await report.CheckAsync($"create network {network.Name}", network.Driver, async () =>
                (await Controller.CreateNetworkAsync(network, cancellationToken)).State.Driver);
        }

        string[] containers =
            ["web-1", "web-2", "other-1", "other-2", "backend-1", "backend-2", "quiet-1", "quiet-2", "host-1", "none-1"];
        foreach (string name in containers)
        {
            string network = name.Split('-')[0];
            await report.CheckAsync($"start container {name}", $"on {network}", async () =>
                $"on {(await StartAsync(network, name, cancellationToken)).Endpoint.Network.Name}");
        }
    }

    public async Task<DemoContainer> StartAsync(string network, string name, CancellationToken cancellationToken)
    {
        DemoContainer container = await DemoContainer.StartAsync(
            Controller, Controller.GetNetwork(network), name, _containerFolder, cancellationToken);
        _containers.Add(container);
        return container;
    }

    public async Task StopAsync(DemoContainer container)
    {
        await container.StopAsync();
        _containers.Remove(container);
    }

    /// <summary>Stops the containers, deletes the networks, and waits until the kernel has done its part.</summary>
    public async Task RemoveAllAsync()
    {
        foreach (DemoContainer container in _containers.ToArray())
        {
            await StopAsync(container);
        }

        foreach (INetwork network in Controller.Networks)
        {
            await network.DeleteAsync();
        }

        await Controller.DrainAsync();
    }

    /// <summary>Lets go of the kernel; what was built stays.</summary>
    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
