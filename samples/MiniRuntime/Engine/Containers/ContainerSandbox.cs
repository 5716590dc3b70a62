using System.Net;
using LibNetwork;
using MiniRuntime.Engine.Model;
using MiniRuntime.Engine.Networks;

namespace MiniRuntime.Engine.Containers;

/// <summary>Builds a container's network before its process starts, and takes it down when it has ended.</summary>
internal sealed class ContainerSandbox(RuntimeEngine engine)
{
    /// <summary>Makes the sandbox and attaches it to the container's networks; a failure leaves nothing.</summary>
    /// <returns>The sandbox, and what came of each network by name.</returns>
    public async Task<(ISandbox Sandbox, IReadOnlyDictionary<string, EndpointSettings> Attached)> BuildAsync(
        ContainerRecord container, ContainerFiles files, CancellationToken cancellationToken)
    {
        if (NetworkMode.SharedContainer(container.HostConfig.NetworkMode) is { } shared)
        {
            return (Share(container, files, engine.Containers.Get(shared)), new Dictionary<string, EndpointSettings>());
        }

        (INetwork Network, EndpointSettings Asked)[] networks =
            [.. InOrder(container).Select(network => (Library(engine.Networks.Get(network.Key)), network.Value))];
        bool onHost = container.HostConfig.NetworkMode == NetworkMode.Host;
        HostsFile hosts = WriteFiles(container, files, onHost);

        await engine.Controller.DeleteSandboxAsync(container.Id, cancellationToken);   // what an earlier end could not delete
        ISandbox sandbox = await engine.Controller.CreateSandboxAsync(
            new SandboxSpec { ContainerId = container.Id, UseHostNamespace = onHost, Dns = ResolvConfOf(container, files).Dns }, cancellationToken);
        try
        {
            Dictionary<string, EndpointSettings> attached = [];
            foreach ((INetwork network, EndpointSettings asked) in networks)
            {
                EndpointSettings endpoint = await ContainerEndpoint.AttachAsync(network, sandbox, container, asked, cancellationToken);
                attached.Add(network.Name, endpoint);
                hosts.Add(endpoint, NamesInHosts(container));
            }

            return (sandbox, attached);
        }
        catch
        {
            await sandbox.DeleteAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Deletes the container's sandbox with its endpoints. One that is gone, or that is another container's, is not an error.</summary>
    public Task DeleteAsync(string containerId) => engine.Controller.DeleteSandboxAsync(containerId, CancellationToken.None);

    /// <summary>The sandbox that an earlier engine made for a container.</summary>
    public ISandbox? Find(string containerId) => engine.Controller.TryGetSandbox(containerId, out ISandbox? sandbox) ? sandbox : null;

    /// <summary>A container's <c>/etc/resolv.conf</c>.</summary>
    public static ResolvConf ResolvConfOf(ContainerRecord container, ContainerFiles files) => new(container.HostConfig, files.ResolvConfPath);

    /// <summary>A container's names in its own <c>/etc/hosts</c>.</summary>
    public static string NamesInHosts(ContainerRecord container)
        => container.Config.Domainname is { Length: > 0 } domain
            ? $"{container.Config.Hostname}.{domain} {container.Config.Hostname}"
            : container.Config.Hostname ?? string.Empty;

    /// <summary>The library's network behind one of the engine's.</summary>
    /// <exception cref="EngineException">403: it is only a configuration for others.</exception>
    public static INetwork Library(EngineNetwork network)
        => network.IsConfiguration ? throw EngineException.Forbidden($"cannot connect to config-only network {network.Name}") : network.Network;

    private static ISandbox Share(ContainerRecord container, ContainerFiles files, Container owner)
    {
        if (owner.Id == container.Id)
        {
            throw EngineException.BadRequest("cannot join own network");
        }

        ISandbox sandbox = owner.Sandbox
            ?? throw EngineException.Conflict($"cannot join network of a non running container: {owner.Id}");
        files.ShareFilesOf(owner.Files);
        return sandbox;
    }

    // The first becomes eth0: the one that the container was created for.
    private static IEnumerable<KeyValuePair<string, EndpointSettings>> InOrder(ContainerRecord container)
        => container.Networks
            .OrderByDescending(network => network.Value.GwPriority)
            .ThenByDescending(network => network.Key == container.HostConfig.NetworkMode)
            .ThenBy(network => network.Key, StringComparer.Ordinal);

    private HostsFile WriteFiles(ContainerRecord container, ContainerFiles files, bool onHost)
    {
        HostConfig config = container.HostConfig;
        IPAddress? gateway = engine.Networks.Get(NetworkMode.Bridge).Network.State.Pools.Select(pool => pool.Gateway).FirstOrDefault(address => address is not null);
        ContainerFiles.WriteInPlace(files.HostNamePath, container.Config.Hostname + "\n");
        ResolvConf resolvConf = ResolvConfOf(container, files);
        if (onHost)
        {
            resolvConf.NameServersOfMachine();
        }
        else if (container.Networks.Keys.Any(NetworkMode.IsUserDefined))
        {
            resolvConf.NameResolver();
        }
        else
        {
            resolvConf.NameServers();
        }

        HostsFile hosts = new(files.HostsPath);
        hosts.Begin(onHost, config.ExtraHosts ?? [], gateway);
        return hosts;
    }
}
