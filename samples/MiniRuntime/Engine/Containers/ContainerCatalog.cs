using System.Collections.Concurrent;
using System.Security.Cryptography;
using MiniRuntime.Engine.Model;
using MiniRuntime.Engine.Networks;

namespace MiniRuntime.Engine.Containers;

/// <summary>The engine's containers. Thread safe: each container takes its own turns, and the catalog waits for none.</summary>
internal sealed class ContainerCatalog(RuntimeEngine engine)
{
    private const int IdBytes = 32;
    private const int LoadedAtOnce = 8;

    private readonly ConcurrentDictionary<string, Container> _containers = new();
    private readonly Dictionary<string, string> _names = [];   // name to id
    private readonly Lock _gate = new();
    private readonly string _folder = Path.Combine(engine.StateFolder, "containers");

    /// <summary>Programs that run in containers beside their first processes.</summary>
    public ExecCatalog Execs { get; } = new(engine);

    /// <summary>Takes up the containers of an earlier engine: those that run are watched again, those that ended meanwhile are cleared up.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        foreach (string path in Directory.EnumerateDirectories(_folder))
        {
            ContainerFiles files = new(path);
            if (files.Read() is { } record)
            {
                _containers[record.Id] = new Container(engine, files, record);
                _names[record.Name] = record.Id;
            }
            else
            {
                engine.Launcher.Clean(path);
            }
        }

        await Parallel.ForEachAsync(
            _containers.Values,
            new ParallelOptions { MaxDegreeOfParallelism = LoadedAtOnce, CancellationToken = cancellationToken },
            static async (container, cancel) => await container.AdoptAsync(cancel));
    }

    public IReadOnlyList<Container> List() => [.. _containers.Values.OrderByDescending(container => container.Record.Created)];

    /// <summary>Finds by name, id or a unique beginning of the id.</summary>
    /// <exception cref="EngineException">404: <c>No such container: NAME</c>. 400: the beginning is not unique.</exception>
    public Container Get(string nameOrId)
    {
        string name = nameOrId.TrimStart('/');
        if (_containers.TryGetValue(name, out Container? container))
        {
            return container;
        }

        lock (_gate)
        {
            if (_names.TryGetValue(name, out string? id) && _containers.TryGetValue(id, out container))
            {
                return container;
            }
        }

        Container[] candidates = name.Length == 0
            ? []
            : [.. _containers.Values.Where(candidate => candidate.Id.StartsWith(name, StringComparison.Ordinal)).Take(2)];
        return candidates switch
        {
            [] => throw EngineException.NotFound($"No such container: {nameOrId}"),
            [Container only] => only,
            _ => throw EngineException.BadRequest($"multiple IDs found with provided prefix: {nameOrId}"),
        };
    }

    /// <summary>Creates a container.</summary>
    /// <param name="name">Its name; without one it gets a random one.</param>
    /// <exception cref="EngineException">As <see cref="ContainerCreation.Plan"/>, and 409: the name is taken.</exception>
    public (Container Container, IReadOnlyList<string> Warnings) Create(
        string? name, ContainerConfig config, HostConfig hostConfig, IReadOnlyDictionary<string, EndpointSettings?> networks)
    {
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        string reserved = Reserve(name is { Length: > 0 } ? ContainerNames.Checked(name) : null, id);
        try
        {
            (ContainerRecord record, IReadOnlyList<string> warnings) =
                new ContainerCreation(engine).Plan(id, reserved, config, hostConfig, networks);
            Container container = new(engine, new ContainerFiles(Path.Combine(_folder, id)), record);
            container.Create();
            _containers[id] = container;
            return (container, warnings);
        }
        catch
        {
            Release(reserved);
            throw;
        }
    }

    public async Task RenameAsync(Container container, string newName, CancellationToken cancellationToken)
    {
        string old = container.Name;
        string name = ContainerNames.Checked(newName);
        if (name == old)
        {
            throw EngineException.BadRequest("Renaming a container with the same name as its current name");
        }

        Reserve(name, container.Id);
        try
        {
            await container.RenameAsync(name, cancellationToken);
            Release(old);
        }
        catch
        {
            Release(name);
            throw;
        }
    }

    /// <summary>Forgets a container that was removed.</summary>
    public void Forget(Container container)
    {
        _containers.TryRemove(container.Id, out _);
        Release(container.Name);
    }

    /// <summary>The running containers on a network; addresses with their prefix length.</summary>
    public IReadOnlyList<NetworkMember> On(EngineNetwork network)
        =>
        [
            .. from container in _containers.Values
               let record = container.Record
               from endpoint in record.Attached.Values
               where endpoint.NetworkId == network.Id
               select new NetworkMember(
                   record.Id,
                   record.Name,
                   endpoint.EndpointId,
                   endpoint.MacAddress ?? string.Empty,
                   WithPrefix(endpoint.IPAddress, endpoint.IPPrefixLength),
                   WithPrefix(endpoint.GlobalIPv6Address, endpoint.GlobalIPv6PrefixLength)),
        ];

    /// <summary>The names of all containers, running or not, that have a place on a network.</summary>
    public IReadOnlyList<string> NamesOn(EngineNetwork network)
        => [.. _containers.Values.Select(container => container.Record).Where(record => record.Networks.ContainsKey(network.Name)).Select(record => record.Name)];

    /// <summary>Connects a container to a network: at once when it runs, otherwise at its next start.</summary>
    public Task ConnectAsync(EngineNetwork network, string container, EndpointSettings? settings, CancellationToken cancellationToken)
        => Get(container).ConnectAsync(network, ContainerCreation.Asked(settings ?? new EndpointSettings()), cancellationToken);

    /// <summary>Disconnects a container from a network.</summary>
    public Task DisconnectAsync(EngineNetwork network, string container, bool force, CancellationToken cancellationToken)
        => Get(container).DisconnectAsync(network, cancellationToken);

    private static string WithPrefix(string address, int prefixLength) => address.Length == 0 ? string.Empty : $"{address}/{prefixLength}";

    private string Reserve(string? name, string id)
    {
        lock (_gate)
        {
            name ??= ContainerNames.Random(_names.ContainsKey);
            if (!_names.TryAdd(name, id))
            {
                throw EngineException.Conflict(
                    $"Conflict. The container name \"/{name}\" is already in use by container \"{_names[name]}\". You have to remove (or rename) that container to be able to reuse that name.");
            }

            return name;
        }
    }

    private void Release(string name)
    {
        lock (_gate)
        {
            _names.Remove(name);
        }
    }
}
