using LibNetwork;

namespace MiniRuntime.Containers;

/// <summary>A container: a sandbox on one network, and a real process in it.</summary>
internal sealed class Container
{
    private Container(ISandbox sandbox, IEndpoint endpoint, ContainerProcess process)
    {
        Sandbox = sandbox;
        Endpoint = endpoint;
        Process = process;
    }

    public string Name => Sandbox.ContainerId;

    public ISandbox Sandbox { get; }

    public IEndpoint Endpoint { get; }

    public ContainerProcess Process { get; }

    /// <summary>Starts a container and attaches it to a network; a failure leaves nothing.</summary>
    public static async Task<Container> StartAsync(
        INetworkController controller, INetwork network, string name, CancellationToken cancellationToken)
    {
        SandboxSpec spec = new() { ContainerId = name, UseHostNamespace = network.State.Driver == "host" };
        ISandbox sandbox = await controller.CreateSandboxAsync(spec, cancellationToken);
        try
        {
            // The network first, so that the process finds it complete.
            IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = name }, cancellationToken: cancellationToken);
            return new Container(sandbox, endpoint, await ContainerProcess.StartAsync(sandbox, name));
        }
        catch
        {
            await sandbox.DeleteAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Ends the process and deletes the sandbox with its endpoint.</summary>
    public async Task StopAsync()
    {
        await Process.KillAsync();
        await Sandbox.DeleteAsync();
    }
}
