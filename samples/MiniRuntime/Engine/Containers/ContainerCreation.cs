using System.Text.RegularExpressions;
using LibNetwork;
using MiniRuntime.Engine.Images;
using MiniRuntime.Engine.Model;
using MiniRuntime.Engine.Networks;

namespace MiniRuntime.Engine.Containers;

/// <summary>Makes a container's record of what a user asks, or says what is wrong with it.</summary>
internal sealed partial class ContainerCreation(RuntimeEngine engine)
{
    private const int ShortId = 12;

    /// <returns>The record, and what the user should know.</returns>
    /// <exception cref="EngineException">400: values that do not go, alone or together. 404: no such image.</exception>
    public (ContainerRecord Record, IReadOnlyList<string> Warnings) Plan(
        string id, string name, ContainerConfig config, HostConfig hostConfig, IReadOnlyDictionary<string, EndpointSettings?> networks)
    {
        Image image = engine.Images.Find(config.Image) ?? throw EngineException.NotFound($"No such image: {WithTag(config.Image)}");
        hostConfig = hostConfig with { NetworkMode = NetworkMode.Normalized(hostConfig.NetworkMode) };
        Check(config, hostConfig);
        IReadOnlyDictionary<string, EndpointSettings> wanted = Networks(config, hostConfig, networks);
        ContainerRecord record = new()
        {
            Id = id,
            Name = name,
            Created = engine.Time.GetUtcNow(),
            ImageId = image.Id,
            Config = config with { Hostname = HostName(id, config, hostConfig) },
            HostConfig = hostConfig,
            Networks = wanted,
        };
        return (record, PublishedPorts.Warnings(config, hostConfig));
    }

    private static string? HostName(string id, ContainerConfig config, HostConfig hostConfig)
        => config.Hostname is { Length: > 0 } name
            ? name
            : NetworkMode.SharedContainer(hostConfig.NetworkMode) is not null
                ? null   // that container's, once it is known
                : hostConfig.NetworkMode == NetworkMode.Host ? Environment.MachineName : id[..ShortId];

    private static void Check(ContainerConfig config, HostConfig hostConfig)
    {
        if ((config.Entrypoint?.Count ?? 0) + (config.Cmd?.Count ?? 0) == 0)
        {
            throw EngineException.BadRequest("no command specified");
        }

        if (config.WorkingDir is { Length: > 0 } directory && !directory.StartsWith('/'))
        {
            throw EngineException.BadRequest($"the working directory '{directory}' is invalid, it needs to be an absolute path");
        }

        if (config.Hostname is { Length: > 0 } hostName && !HostNames().IsMatch(hostName))
        {
            throw EngineException.BadRequest($"invalid hostname format: {hostName}");
        }

        if (config.Env?.FirstOrDefault(variable => variable.Length == 0 || variable[0] == '=') is { } variable)
        {
            throw EngineException.BadRequest($"invalid environment variable: {variable}");
        }

        if (config.StopSignal is { Length: > 0 } signal)
        {
            SignalNumber.Parse(signal);
        }

        if (hostConfig.Binds is { Count: > 0 } || hostConfig.Mounts is { Count: > 0 })
        {
            throw EngineException.NotImplemented("volumes and bind mounts are not supported");
        }

        PublishedPorts.Check(config, hostConfig);
        foreach (string host in hostConfig.ExtraHosts ?? [])
        {
            ExtraHost.Parse(host);
        }

        CheckMode(config, hostConfig);
    }

    private static void CheckMode(ContainerConfig config, HostConfig hostConfig)
    {
        bool sharesContainer = NetworkMode.SharedContainer(hostConfig.NetworkMode) is not null;
        (bool Applies, string Problem)[] rules =
        [
            (NetworkMode.SharedContainer(hostConfig.NetworkMode) is "", "invalid container format container:<name|id>"),
            (sharesContainer && config.Hostname is { Length: > 0 }, "conflicting options: hostname and the network mode"),
            (sharesContainer && hostConfig.Links is { Count: > 0 }, "conflicting options: container type network can't be used with links. This would result in undefined behavior"),
            (sharesContainer && hostConfig.Dns is { Count: > 0 }, "conflicting options: dns and the network mode"),
            (sharesContainer && hostConfig.ExtraHosts is { Count: > 0 }, "conflicting options: custom host-to-IP mapping and the network mode"),
            (sharesContainer && config.MacAddress is { Length: > 0 }, "conflicting options: mac-address and the network mode"),
            (sharesContainer && (hostConfig.PublishAllPorts || hostConfig.PortBindings is { Count: > 0 }), "conflicting options: port publishing and the container type network mode"),
            (sharesContainer && config.ExposedPorts is { Count: > 0 }, "conflicting options: port exposing and the container type network mode"),
            (hostConfig.NetworkMode == NetworkMode.Host && hostConfig.Links is { Count: > 0 }, "conflicting options: host type networking can't be used with links. This would result in undefined behavior"),
        ];
        if (rules.FirstOrDefault(rule => rule.Applies) is { Applies: true } broken)
        {
            throw EngineException.BadRequest(broken.Problem);
        }
    }

    private Dictionary<string, EndpointSettings> Networks(
        ContainerConfig config, HostConfig hostConfig, IReadOnlyDictionary<string, EndpointSettings?> asked)
    {
        if (NetworkMode.SharedContainer(hostConfig.NetworkMode) is not null)
        {
            return asked.Count == 0
                ? []
                : throw EngineException.BadRequest(
                    "container sharing network namespace with another container or host cannot be connected to any other network");
        }

        string main = NameOf(hostConfig.NetworkMode ?? NetworkMode.Bridge);
        Dictionary<string, EndpointSettings> networks = [];
        foreach ((string nameOrId, EndpointSettings? settings) in asked)
        {
            string name = NameOf(NetworkMode.Normalized(nameOrId));
            EngineNetwork? network = Find(name);
            try
            {
                EndpointValidation.Check(name, network, settings ?? new EndpointSettings());
            }
            catch (EngineException exception)
            {
                throw new EngineException(exception.Status, $"invalid config for network {name}: {exception.Message}");
            }

            networks[name] = Asked(settings ?? new EndpointSettings());
        }

        EndpointSettings first = networks.GetValueOrDefault(main, new EndpointSettings());
        networks[main] = WithContainerMac(first, config.MacAddress);
        NetworkCombination.Check([.. networks.Keys]);
        return networks;
    }

    // Before API 1.44 the address is a property of the container, not of its place on a network.
    private static EndpointSettings WithContainerMac(EndpointSettings settings, string? mac)
        => mac is not { Length: > 0 } || settings.MacAddress == mac
            ? settings
            : !MacAddress.TryParse(mac, out _)
                ? throw EngineException.BadRequest($"invalid MAC address: {mac}")
                : settings.MacAddress is not { Length: > 0 }
                    ? settings with { MacAddress = mac }
                    : throw EngineException.BadRequest("the container-wide MAC address must match the endpoint-specific MAC address for the main network, or be left empty");

    /// <summary>The wishes alone: what came of an earlier start is not the user's to say.</summary>
    public static EndpointSettings Asked(EndpointSettings settings) => new()
    {
        IpamConfig = settings.IpamConfig,
        Links = settings.Links,
        Aliases = settings.Aliases,
        MacAddress = settings.MacAddress,
        DriverOpts = settings.DriverOpts,
        GwPriority = settings.GwPriority,
    };

    // A network that is not there (yet) is found out at the start, as with dockerd.
    private EngineNetwork? Find(string nameOrId)
    {
        try
        {
            return engine.Networks.Get(nameOrId);
        }
        catch (EngineException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    private string NameOf(string nameOrId) => Find(nameOrId)?.Name ?? nameOrId;

    private static string WithTag(string image)
        => image.LastIndexOf(':') > image.LastIndexOf('/') || image.Contains('@', StringComparison.Ordinal) ? image : $"{image}:latest";

    [GeneratedRegex("^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,62}[a-zA-Z0-9])?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HostNames();
}
