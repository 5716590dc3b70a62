using MiniRuntime.Compose.Model;

namespace MiniRuntime.Compose.Reading;

/// <summary>Reads an entry of <c>services</c>, and remembers where it names what must be looked up when all is read.</summary>
internal sealed class ServiceReader(ReadingContext context)
{
    private const int MaxReplicas = 1000;

    private readonly List<(string Network, YamlValue Source)> _networks = [];
    private readonly List<(string Service, Dependency Dependency, YamlValue Source)> _dependencies = [];

    /// <summary>The networks that services name, and where.</summary>
    public IReadOnlyList<(string Network, YamlValue Source)> Networks => _networks;

    /// <summary>Who depends on whom, and where that stands.</summary>
    public IReadOnlyList<(string Service, Dependency Dependency, YamlValue Source)> Dependencies => _dependencies;

    public Service? Read(string name, YamlValue value)
    {
        if (value.Map() is not { } map)
        {
            return null;
        }

        if (map.Take("image") is not { } image)
        {
            value.ReportAtName($"service {name} needs an image");
            image = null;
        }

        Service service = new()
        {
            Name = name,
            Image = image?.Text() ?? string.Empty,
            Command = ReadCommand(map.Take("command")),
            Entrypoint = ReadCommand(map.Take("entrypoint")),
            Environment = ReadEnvironment(map.Take("environment")),
            Hostname = map.Take("hostname")?.Text(),
            DomainName = map.Take("domainname")?.Text(),
            Ports = [.. (map.Take("ports")?.Items() ?? []).SelectMany(PortReader.Read)],
            Expose = [.. (map.Take("expose")?.Items() ?? []).SelectMany(PortReader.ReadExposed)],
            Dns = map.Take("dns")?.TextOrTexts() ?? [],
            DnsSearch = map.Take("dns_search")?.TextOrTexts() ?? [],
            DnsOptions = map.Take("dns_opt")?.Texts() ?? [],
            ExtraHosts = ReadExtraHosts(map.Take("extra_hosts")),
            Labels = map.Take("labels")?.Texts('=') ?? new Dictionary<string, string>(),
            CapAdd = map.Take("cap_add")?.Texts() ?? [],
            CapDrop = map.Take("cap_drop")?.Texts() ?? [],
            Privileged = map.Take("privileged")?.Boolean() ?? false,
            Sysctls = map.Take("sysctls")?.Texts('=') ?? new Dictionary<string, string>(),
            Tty = map.Take("tty")?.Boolean() ?? false,
            StdinOpen = map.Take("stdin_open")?.Boolean() ?? false,
            WorkingDir = map.Take("working_dir")?.Text(),
            User = map.Take("user")?.Text(),
            StopSignal = map.Take("stop_signal")?.Text(),
            StopGracePeriod = ReadDuration(map.Take("stop_grace_period")),
            DependsOn = ReadDependencies(name, map.Take("depends_on")),
        };
        service = ReadReplicas(ReadConnections(service, map), map);
        map.RejectOthers();
        return service;
    }

    private Service ReadConnections(Service service, YamlMap map)
    {
        YamlValue? networks = map.Take("networks");
        YamlValue? mode = map.Take("network_mode");
        if (mode?.Text() is { } modeText)
        {
            if (networks is not null)
            {
                networks.ReportAtName($"service {service.Name} has a network_mode, and so cannot have networks");
            }

            Dependency[] shared = modeText.StartsWith("service:", StringComparison.Ordinal)
                ? [new Dependency(modeText["service:".Length..], DependencyCondition.Started)]
                : [];
            _dependencies.AddRange(shared.Select(dependency => (service.Name, dependency, mode)));
            if (shared.Length == 0 && modeText is not ("bridge" or "host" or "none") && !modeText.StartsWith("container:", StringComparison.Ordinal))
            {
                mode.Report($"network_mode must be bridge, host, none, service:NAME or container:NAME, and is \"{modeText}\"; networks are named under networks");
            }

            return service with { NetworkMode = modeText, DependsOn = [.. service.DependsOn.UnionBy(shared, dependency => dependency.Service)] };
        }

        IReadOnlyList<(ServiceNetwork Network, YamlValue Source)> read = networks is null ? [] : ServiceNetworkReader.Read(networks);
        _networks.AddRange(read.Select(entry => (entry.Network.Network, entry.Source)));
        return service with { Networks = read.Count == 0 ? [new ServiceNetwork(StackReader.DefaultNetwork)] : [.. read.Select(entry => entry.Network)] };
    }

    private static Service ReadReplicas(Service service, YamlMap map)
    {
        YamlValue? name = map.Take("container_name");
        YamlValue? scale = map.Take("scale");
        YamlMap? deploy = map.Take("deploy")?.Map();
        YamlValue? replicas = deploy?.Take("replicas");
        deploy?.RejectOthers();
        int? scaled = scale?.Integer(0, MaxReplicas);
        int? deployed = replicas?.Integer(0, MaxReplicas);
        if (scaled is not null && deployed is not null && scaled != deployed)
        {
            scale!.Report($"scale says {scaled} and deploy.replicas says {deployed}");   // it has a value
        }

        int count = deployed ?? scaled ?? 1;
        if (count > 1 && name is not null)
        {
            name.Report($"service {service.Name} has {count} containers, and so cannot have a container_name");
        }

        if (count > 1 && service.Networks.FirstOrDefault(network => network.IPv4Address is not null || network.IPv6Address is not null || network.MacAddress is not null) is { } one)
        {
            (scale ?? replicas)!.Report($"service {service.Name} has {count} containers, which cannot all have its address on network {one.Network}");   // from one comes the count
        }

        return service with { ContainerName = name?.Text(), Replicas = count };
    }

    private List<Dependency> ReadDependencies(string name, YamlValue? value)
    {
        List<Dependency> dependencies = [];
        foreach ((Dependency dependency, YamlValue source) in value is null ? [] : DependencyReader.Read(value))
        {
            dependencies.Add(dependency);
            _dependencies.Add((name, dependency, source));
        }

        return dependencies;
    }

    private static IReadOnlyList<string>? ReadCommand(YamlValue? value)
    {
        if (value is null or { IsList: true })
        {
            return value?.Texts();
        }

        try
        {
            return value.Text() is { } line ? ShellWords.Split(line) : null;
        }
        catch (FormatException exception)
        {
            value.Report($"{value.Name}: {exception.Message}");
            return null;
        }
    }

    // A name without a value takes the one that it has where up is called; if it has none there, it is not set.
    private IReadOnlyList<string> ReadEnvironment(YamlValue? value)
        => [.. (value?.Pairs() ?? new Dictionary<string, string?>())
            .Select(pair => (pair.Key, Value: pair.Value ?? context.Variable(pair.Key)))
            .Where(pair => pair.Value is not null)
            .Select(pair => $"{pair.Key}={pair.Value}")];

    private static List<string> ReadExtraHosts(YamlValue? value)
    {
        if (value is null)
        {
            return [];
        }

        if (value.IsMap)
        {
            return [.. value.Map()!.Entries().SelectMany(entry => entry.Value.TextOrTexts().Select(address => $"{entry.Key}:{address}"))];   // it is a map
        }

        List<string> hosts = [];
        foreach (YamlValue item in value.Items())
        {
            if (item.Text() is { } text)
            {
                int end = text.IndexOfAny(['=', ':']);
                if (end > 0)
                {
                    hosts.Add($"{text[..end]}:{text[(end + 1)..]}");
                }
                else
                {
                    item.Report($"each of extra_hosts must be name:address, and this is \"{text}\"");
                }
            }
        }

        return hosts;
    }

    private static TimeSpan? ReadDuration(YamlValue? value)
    {
        if (value?.Text() is not { } text)
        {
            return null;
        }

        if (Duration.TryParse(text, out TimeSpan duration))
        {
            return duration;
        }

        value.Report($"{value.Name} must be a time such as 30s or 1m30s, and is \"{text}\"");
        return null;
    }
}
