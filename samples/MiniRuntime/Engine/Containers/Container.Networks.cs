using LibNetwork;
using MiniRuntime.Engine.Model;
using MiniRuntime.Engine.Networks;

namespace MiniRuntime.Engine.Containers;

/// <content>Joining and leaving networks, before and while it runs.</content>
internal sealed partial class Container
{
    /// <summary>Connects to a network: at once when the container runs, otherwise at its next start.</summary>
    public Task ConnectAsync(EngineNetwork network, EndpointSettings settings, CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            RefuseWhenRemoving();
            RefuseUnlessConnectable(network);
            EndpointValidation.Check(network.Name, network, settings);
            if (Sandbox is null)
            {
                Save(Record with { Networks = With(Record.Networks, network.Name, settings with { NetworkId = network.Id }) });
                return;
            }

            if (Record.Attached.ContainsKey(network.Name))
            {
                throw EngineException.Forbidden($"endpoint with name {Name} already exists in network {network.Name}");
            }

            EndpointSettings endpoint = await ContainerEndpoint.AttachAsync(
                ContainerSandbox.Library(network), Sandbox, Record, settings, CancellationToken.None);
            new HostsFile(Files.HostsPath).Add(endpoint, ContainerSandbox.NamesInHosts(Record));
            if (NetworkMode.IsUserDefined(network.Name))
            {
                ContainerSandbox.ResolvConfOf(Record, Files).NameResolver();   // there is one inside from now on
            }

            Save(Record with
            {
                Networks = With(Record.Networks, network.Name, settings with { NetworkId = network.Id }),
                Attached = With(Record.Attached, network.Name, endpoint),
            });
            Save(Record with { Published = ReadPublished(Record.Attached) });   // the new network may be the way out now
            PublishConnection("connect", network.Name, network.Id);
        },
        cancellationToken);

    /// <summary>Disconnects from a network.</summary>
    public Task DisconnectAsync(EngineNetwork network, CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            RefuseWhenRemoving();
            if (Record.HostConfig.NetworkMode == NetworkMode.Host && network.Name == NetworkMode.Host)
            {
                throw EngineException.Forbidden("container cannot be disconnected from host network or connected to host network");
            }

            if (!Record.Networks.ContainsKey(network.Name))
            {
                throw EngineException.Forbidden($"container {Id} is not connected to network {network.Name}");
            }

            if (Record.Attached.TryGetValue(network.Name, out EndpointSettings? endpoint))
            {
                if (FindEndpoint(endpoint) is { } attached)
                {
                    await attached.DeleteAsync(force: true, CancellationToken.None);
                }

                new HostsFile(Files.HostsPath).Remove(endpoint, ContainerSandbox.NamesInHosts(Record));
            }

            IReadOnlyDictionary<string, EndpointSettings> left = Without(Record.Attached, network.Name);
            Save(Record with { Networks = Without(Record.Networks, network.Name), Attached = left, Published = ReadPublished(left) });
            if (endpoint is not null)
            {
                PublishConnection("disconnect", network.Name, network.Id);
            }
        },
        cancellationToken);

    private void RefuseUnlessConnectable(EngineNetwork network)
    {
        if (NetworkMode.SharedContainer(Record.HostConfig.NetworkMode) is not null)
        {
            throw EngineException.BadRequest(
                "container sharing network namespace with another container or host cannot be connected to any other network");
        }

        IEnumerable<string> names = Record.Networks.Keys.Where(name => name != network.Name).Append(network.Name);
        NetworkCombination.Check([.. names]);
    }

    /// <summary>Calls the container's endpoints what its record says. The record is written last: until then a restart brings the old name back.</summary>
    private async Task RenameEndpointsAsync(ContainerRecord renamed)
    {
        if (Sandbox is null || NetworkMode.SharedContainer(Record.HostConfig.NetworkMode) is not null)
        {
            Save(renamed);
            return;
        }

        string old = Name;
        try
        {
            if (!ContainerEndpoint.CanBeAsked(renamed.Name))
            {
                await UpdateDnsNamesAsync(renamed);   // it cannot take the old one's place among the names that are asked for
            }

            await Sandbox.RenameAsync(renamed.Name, CancellationToken.None);
            Save(renamed with { Attached = await UpdateDnsNamesAsync(renamed) });
        }
        catch
        {
            await Sandbox.RenameAsync(old, CancellationToken.None);
            await UpdateDnsNamesAsync(Record);
            throw;
        }
    }

    private async Task<IReadOnlyDictionary<string, EndpointSettings>> UpdateDnsNamesAsync(ContainerRecord container)
    {
        Dictionary<string, EndpointSettings> attached = [];
        foreach ((string name, EndpointSettings settings) in container.Attached)
        {
            attached[name] = settings;
            if (FindEndpoint(settings) is { } endpoint)
            {
                IReadOnlyList<string> names = ContainerEndpoint.DnsNames(endpoint.Network, container, settings);
                if (!names.SequenceEqual(endpoint.State.DnsNames))
                {
                    await endpoint.UpdateDnsNamesAsync(names, CancellationToken.None);
                }

                attached[name] = ContainerEndpoint.Report(endpoint.Network, settings, endpoint.State);
            }
        }

        return attached;
    }

    // After a restart the library says what is; what it does not know any more is not there.
    private async Task<Dictionary<string, EndpointSettings>> AdoptEndpointsAsync()
    {
        Dictionary<string, EndpointSettings> attached = [];
        foreach ((string name, EndpointSettings asked) in Record.Networks)
        {
            if (_engine.Controller.TryGetNetwork(name, out INetwork? network) && network.Endpoints.FirstOrDefault(IsOurs) is { } endpoint)
            {
                if (endpoint.Name != Name)   // a renaming was under way
                {
                    await endpoint.UpdateDnsNamesAsync(ContainerEndpoint.DnsNames(network, Record, asked), CancellationToken.None);
                    await endpoint.RenameAsync(Name, CancellationToken.None);
                }

                attached.Add(name, ContainerEndpoint.Report(network, asked, endpoint.State));
            }
        }

        return attached;
    }

    private bool IsOurs(IEndpoint endpoint)
        => NetworkMode.SharedContainer(Record.HostConfig.NetworkMode) is null && Sandbox is { } sandbox && endpoint.State.SandboxId == sandbox.Id;

    private IReadOnlyList<string> ReadPublished(IReadOnlyDictionary<string, EndpointSettings> attached)
        => [.. attached.Values.Select(FindEndpoint).OfType<IEndpoint>().SelectMany(endpoint => endpoint.State.PublishedPorts).Select(port => port.ToString())];

    private IEndpoint? FindEndpoint(EndpointSettings settings)
        => _engine.Controller.TryGetNetwork(settings.NetworkId, out INetwork? network)
            && network.TryGetEndpoint(settings.EndpointId, out IEndpoint? endpoint)
            ? endpoint
            : null;

    private void PublishConnections(string action, IReadOnlyDictionary<string, EndpointSettings> endpoints)
    {
        foreach ((string name, EndpointSettings endpoint) in endpoints)
        {
            PublishConnection(action, name, endpoint.NetworkId);
        }
    }

    private void PublishConnection(string action, string name, string id)
    {
        string driver = _engine.Controller.TryGetNetwork(id, out INetwork? network) ? network.State.Driver : string.Empty;
        _engine.Events.Publish(
            "network", action, id, new Dictionary<string, string> { ["container"] = Id, ["name"] = name, ["type"] = driver });
    }

    private static Dictionary<string, EndpointSettings> With(
        IReadOnlyDictionary<string, EndpointSettings> networks, string name, EndpointSettings settings)
        => new(networks) { [name] = settings };

    private static Dictionary<string, EndpointSettings> Without(IReadOnlyDictionary<string, EndpointSettings> networks, string name)
        => networks.Where(network => network.Key != name).ToDictionary();
}
