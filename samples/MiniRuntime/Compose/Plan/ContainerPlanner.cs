using System.Globalization;
using System.Text.Json;
using MiniRuntime.Compose.EngineClient;
using MiniRuntime.Compose.Model;
using MiniRuntime.Engine.Model;

namespace MiniRuntime.Compose.Plan;

/// <summary>From a service of the file to the containers that must be there.</summary>
internal sealed class ContainerPlanner(string project, string file, Stack stack)
{
    private const string ServiceMode = "service:";

    private readonly Dictionary<string, string> _networkNames =
        stack.Networks.ToDictionary(network => network.Key, network => NetworkPlanner.NameOf(network, project));

    private readonly Dictionary<string, Service> _services = stack.Services.ToDictionary(service => service.Name);

    public IEnumerable<PlannedContainer> Plan(Service service)
        => Enumerable.Range(1, service.Replicas).Select(number => Plan(service, number));

    private PlannedContainer Plan(Service service, int number)
    {
        string name = NameOf(service, number);
        (string Network, EndpointSettings Endpoint)[] endpoints =
            [.. service.Networks.Select(network => (_networkNames[network.Network], Endpoint(service, network, name)))];
        string mode = service.NetworkMode ?? endpoints[0].Network;   // without a mode there is a network, the default one if no other
        ContainerConfig config = Config(service, endpoints);
        HostConfig hostConfig = HostConfig(service, mode);
        string hash = Hash(name, config, hostConfig, endpoints);
        return new PlannedContainer
        {
            Service = service.Name,
            Number = number,
            Name = name,
            Config = config with { Labels = LabelsOf(service, number, hash) },
            HostConfig = hostConfig,
            Endpoints = endpoints,
            SharesNetworkOf = mode.StartsWith(ServiceMode, StringComparison.Ordinal) ? NameOf(_services[mode[ServiceMode.Length..]], 1) : null,
            WaitsForEndOf = [.. service.DependsOn.Where(dependency => dependency.Condition == DependencyCondition.CompletedSuccessfully)
                .SelectMany(dependency => NamesOf(_services[dependency.Service]))],
            Hash = hash,
        };
    }

    private IEnumerable<string> NamesOf(Service service) => Enumerable.Range(1, service.Replicas).Select(number => NameOf(service, number));

    private string NameOf(Service service, int number) => service.ContainerName ?? $"{project}-{service.Name}-{number}";

    private static ContainerConfig Config(Service service, (string Network, EndpointSettings Endpoint)[] endpoints)
    {
        IEnumerable<string> ports = service.Ports.Select(PortKey).Concat(service.Expose).Distinct();
        return new ContainerConfig
        {
            Image = service.Image,
            Cmd = service.Command,
            Entrypoint = service.Entrypoint,
            Env = service.Environment,
            Hostname = service.Hostname,
            Domainname = service.DomainName,
            User = service.User,
            WorkingDir = service.WorkingDir,
            Tty = service.Tty,
            OpenStdin = service.StdinOpen,
            ExposedPorts = ports.ToDictionary(port => port, _ => new EmptyObject()),
            Labels = service.Labels,
            StopSignal = service.StopSignal,
            StopTimeout = service.StopGracePeriod is { } period ? (int)Math.Ceiling(Math.Min(period.TotalSeconds, int.MaxValue)) : null,
            MacAddress = endpoints.Length > 0 ? endpoints[0].Endpoint.MacAddress : null,   // engines before API 1.44 look here
        };
    }

    private static HostConfig HostConfig(Service service, string mode) => new()
    {
        NetworkMode = mode,
        PortBindings = service.Ports.GroupBy(PortKey).ToDictionary(
            port => port.Key,
            IReadOnlyList<PortBinding>? (port) => [.. port.Select(mapping => new PortBinding { HostIp = mapping.HostIp, HostPort = mapping.HostPort })]),
        ExtraHosts = service.ExtraHosts,
        Dns = service.Dns,
        DnsSearch = service.DnsSearch,
        DnsOptions = service.DnsOptions,
        Privileged = service.Privileged,
        CapAdd = service.CapAdd,
        CapDrop = service.CapDrop,
        Sysctls = service.Sysctls,
    };

    private static string PortKey(PortMapping port) => $"{port.ContainerPort}/{port.Protocol}";

    private static EndpointSettings Endpoint(Service service, ServiceNetwork network, string containerName)
    {
        bool hasAddresses = network.IPv4Address is not null || network.IPv6Address is not null || network.LinkLocalAddresses.Count > 0;
        return new EndpointSettings
        {
            Aliases = [.. ((string[])[containerName, service.Name]).Concat(network.Aliases).Distinct()],
            IpamConfig = hasAddresses
                ? new EndpointIpamConfig
                {
                    IPv4Address = network.IPv4Address,
                    IPv6Address = network.IPv6Address,
                    LinkLocalIPs = network.LinkLocalAddresses,
                }
                : null,
            MacAddress = network.MacAddress,
            GwPriority = network.GatewayPriority,
            DriverOpts = network.DriverOptions.Count > 0 ? network.DriverOptions : null,
        };
    }

    // Where the file lies, and in which order things come up, makes no difference to a container.
    private static string Hash(
        string name, ContainerConfig config, HostConfig hostConfig, (string Network, EndpointSettings Endpoint)[] endpoints)
        => ConfigHash.Of(
            [
                name,
                JsonSerializer.Serialize(config, ClientJson.Default.ContainerConfig),
                JsonSerializer.Serialize(hostConfig, ClientJson.Default.HostConfig),
                .. endpoints.SelectMany(endpoint => (string[])[endpoint.Network, JsonSerializer.Serialize(endpoint.Endpoint, ClientJson.Default.EndpointSettings)]),
            ]);

    private Dictionary<string, string> LabelsOf(Service service, int number, string hash)
        => new(service.Labels)
        {
            [Labels.Project] = project,
            [Labels.Service] = service.Name,
            [Labels.Number] = number.ToString(CultureInfo.InvariantCulture),
            [Labels.OneOff] = "False",
            [Labels.DependsOn] = string.Join(',', service.DependsOn.Select(DependencyLabel)),
            [Labels.ConfigFiles] = file,
            [Labels.WorkingFolder] = Path.GetDirectoryName(file) ?? "/",
            [Labels.Hash] = hash,
        };

    private static string DependencyLabel(Dependency dependency)
        => $"{dependency.Service}:{(dependency.Condition == DependencyCondition.Started ? "service_started" : "service_completed_successfully")}:false";
}
