using LibNetwork;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MiniRuntime.Engine.Containers;
using MiniRuntime.Engine.Events;
using MiniRuntime.Engine.Images;
using MiniRuntime.Engine.Networks;
using MiniRuntime.Engine.Processes;

namespace MiniRuntime.Engine;

/// <summary>The runtime: everything that the API talks to. What it keeps lies in one folder, and another engine can take it up.</summary>
internal sealed class RuntimeEngine
{
    public RuntimeEngine(INetworkController controller, string stateFolder, TimeProvider time)
    {
        Controller = controller;
        StateFolder = stateFolder;
        Time = time;
        Events = new EventHub(time);
        Images = new ImageStore(Path.Combine(stateFolder, "images"));
        Launcher = new ProcessLauncher();
        Networks = new NetworkCatalog(this);
        Containers = new ContainerCatalog(this);
    }

    public INetworkController Controller { get; }

    public string StateFolder { get; }

    public TimeProvider Time { get; }

    /// <summary>Where failures go that no client waits for.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    public EventHub Events { get; }

    public ImageStore Images { get; }

    public ProcessLauncher Launcher { get; }

    public NetworkCatalog Networks { get; }

    public ContainerCatalog Containers { get; }

    /// <summary>Takes up what an earlier engine left: networks first (and the three built-in ones are made if they are missing), then containers.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(StateFolder);
        await Networks.LoadAsync(cancellationToken);
        await Containers.LoadAsync(cancellationToken);
    }
}
