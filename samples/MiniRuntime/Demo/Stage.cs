using LibNetwork;
using LibNetwork.Drivers.Bridge;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MiniRuntime.Containers;
using MiniRuntime.Demo.Reporting;

namespace MiniRuntime.Demo;

/// <summary>The cast: a controller on the world's host, its networks, and the containers on them.</summary>
internal sealed class Stage
{
    private const string HostDriver = "host";
    private const string NullDriver = "null";

    private static readonly NetworkSpec[] Networks =
    [
        new() { Name = "web", EnableIPv6 = true },
        new() { Name = "other", EnableIPv6 = true },
        new() { Name = "backend", EnableIPv6 = true, Internal = true },
        new() { Name = "island", EnableIPv6 = true, Internal = true, Options = IsolatedFromHost },
        new() { Name = "quiet", EnableIPv6 = true, Options = WithoutInterContainer },
        new() { Name = "host", Driver = HostDriver },
        new() { Name = "none", Driver = NullDriver },
    ];

    // Named after their networks: two on each, except where one says it all.
    private static readonly string[] FirstContainers =
        ["web-1", "web-2", "other-1", "other-2", "backend-1", "backend-2", "island-1", "island-2", "quiet-1", "quiet-2", "host-1", "none-1"];

    private readonly ServiceProvider _services;
    private readonly List<Container> _containers = [];

    private Stage(World world, bool verbose)
    {
        World = world;
        ServiceCollection services = new();
        if (verbose)
        {
            services.AddLogging(static logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new VerboseLog()));
        }

        services.AddLibNetwork(options =>
            {
                options.HostNamespacePath = world.HostNamespacePath;
                options.RunDirectory = world.RunDirectory;
                options.KernelObserver = verbose ? new VerboseLog() : null;
            })
            .AddBridgeDriver()
            .AddHostDriver()
            .AddNullDriver();
        _services = services.BuildServiceProvider();
        Controller = _services.GetRequiredService<INetworkController>();
    }

    private static Dictionary<string, string> IsolatedFromHost => new()
    {
        [BridgeLabels.GatewayModeIPv4] = "isolated",
        [BridgeLabels.GatewayModeIPv6] = "isolated",
    };

    private static Dictionary<string, string> WithoutInterContainer => new() { [BridgeLabels.EnableInterContainer] = "false" };

    public World World { get; }

    public INetworkController Controller { get; }

    public IReadOnlyList<Container> Containers => _containers;

    public Container this[string name] => _containers.Single(container => container.Name == name);

    /// <summary>Makes a world and a controller on its host; a failure leaves nothing.</summary>
    public static async Task<Stage> CreateAsync(bool verbose)
    {
        World world = await World.CreateAsync();
        try
        {
            return new Stage(world, verbose);
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates the networks and starts the first containers.</summary>
    public async Task BuildAsync(Report report, CancellationToken cancellationToken)
    {
        report.Section("Networks and their containers");
        foreach (NetworkSpec network in Networks)
        {
            await report.CheckAsync($"create network {network.Name}", $"a {network.Driver} network", async () =>
                $"a {(await Controller.CreateNetworkAsync(network, cancellationToken)).State.Driver} network");
        }

        foreach (string name in FirstContainers)
        {
            string network = name.Split('-')[0];
            await report.CheckAsync($"start container {name}", $"runs on {network}", async () =>
                $"runs on {(await StartAsync(network, name, cancellationToken)).Endpoint.Network.Name}");
        }
    }

    public async Task<Container> StartAsync(string network, string name, CancellationToken cancellationToken)
    {
        Container container = await Container.StartAsync(Controller, Controller.GetNetwork(network), name, cancellationToken);
        _containers.Add(container);
        return container;
    }

    public async Task StopAsync(Container container)
    {
        await container.StopAsync();
        _containers.Remove(container);
    }

    /// <summary>Stops the containers, deletes the networks, and waits until the kernel has done its part. Networks host and none are for ever.</summary>
    public async Task RemoveAllAsync()
    {
        foreach (Container container in _containers.ToArray())
        {
            await StopAsync(container);
        }

        foreach (INetwork network in Controller.Networks.Where(network => network.State.Driver is not (HostDriver or NullDriver)))
        {
            await network.DeleteAsync();
        }

        await Controller.DrainAsync();
    }

    /// <summary>Removes the world with all that is still in it.</summary>
    public async Task RemoveWorldAsync()
    {
        await Leftovers.KillAsync(World.Pins(World.Folder));   // none, unless something went wrong
        await _services.DisposeAsync();
        await World.DisposeAsync();
    }

    /// <summary>Lets go of the kernel; what was built stays.</summary>
    public async Task LetGoAsync()
    {
        await _services.DisposeAsync();
        await World.LetGoAsync();
    }
}
