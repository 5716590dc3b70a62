using System.Globalization;
using System.Net;
using LibNetwork;
using MiniRuntime.Engine.Model;
using PortBinding = MiniRuntime.Engine.Model.PortBinding;

namespace MiniRuntime.Engine.Containers;

/// <summary>Ports of a container: which it exposes, which the user wants published, and where they are.</summary>
internal static class PublishedPorts
{
    /// <summary>What a user should know who publishes ports in the host's own network: they are not.</summary>
    public static IReadOnlyList<string> Warnings(ContainerConfig config, HostConfig hostConfig)
        => hostConfig.NetworkMode == NetworkMode.Host && Wanted(config, hostConfig).Any()
            ? ["Published ports are discarded when using host network mode"]
            : [];

    /// <summary>Refuses ports that are none.</summary>
    /// <exception cref="EngineException">400.</exception>
    public static void Check(ContainerConfig config, HostConfig hostConfig)
    {
        foreach (string port in (config.ExposedPorts?.Keys ?? []).Concat(hostConfig.PortBindings?.Keys ?? []))
        {
            if (!TransportPort.TryParse(port, out _))
            {
                throw EngineException.BadRequest($"invalid port specification: \"{port}\"");
            }
        }

        _ = Wanted(config, hostConfig).Count();
    }

    /// <summary>What the library is asked to publish: the bindings, and with <c>-P</c> every exposed port that has none.</summary>
    /// <exception cref="EngineException">400: an address or a port is none.</exception>
    public static IEnumerable<LibNetwork.PortBinding> Wanted(ContainerConfig config, HostConfig hostConfig)
    {
        IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> bindings =
            hostConfig.PortBindings ?? new Dictionary<string, IReadOnlyList<PortBinding>?>();
        foreach ((string port, IReadOnlyList<PortBinding>? places) in bindings)
        {
            foreach (PortBinding place in places is { Count: > 0 } ? places : [new PortBinding()])
            {
                yield return Wanted(port, place);
            }
        }

        foreach (string port in hostConfig.PublishAllPorts ? (config.ExposedPorts?.Keys ?? []).Except(bindings.Keys) : [])
        {
            yield return Wanted(port, new PortBinding());
        }
    }

    /// <summary>The ports of a running container, each with where it is published, if it is.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> Of(ContainerRecord container)
    {
        if (container.Status != ContainerStatus.Running)
        {
            return new Dictionary<string, IReadOnlyList<PortBinding>?>();
        }

        ILookup<string, PortBinding> published = container.Published.Select(LibNetwork.PortBinding.Parse).ToLookup(
            binding => new TransportPort(binding.ContainerPorts.First, binding.Protocol).ToString(),
            binding => new PortBinding
            {
                HostIp = binding.HostAddress?.ToString() ?? string.Empty,
                HostPort = binding.HostPorts?.First.ToString(CultureInfo.InvariantCulture) ?? string.Empty,
            });
        return Exposed(container).ToDictionary(port => port, port => published.Contains(port) ? (IReadOnlyList<PortBinding>?)[.. published[port]] : null);
    }

    /// <summary>The ports that the container says it listens on: <c>80/tcp</c>.</summary>
    public static IEnumerable<string> Exposed(ContainerRecord container)
        => (container.Config.ExposedPorts?.Keys ?? []).Concat(container.HostConfig.PortBindings?.Keys ?? []).Distinct().Order(StringComparer.Ordinal);

    private static LibNetwork.PortBinding Wanted(string port, PortBinding place)
    {
        TransportPort inside = TransportPort.Parse(port);
        IPAddress? address = null;
        if (place.HostIp.Length > 0 && !IPAddress.TryParse(place.HostIp, out address))
        {
            throw EngineException.BadRequest($"invalid port specification: \"{place.HostIp}\" is not an IP address");
        }

        PortRange outside = default;
        bool isAny = place.HostPort is "" or "0";
        if (!isAny && !PortRange.TryParse(place.HostPort, out outside))
        {
            throw EngineException.BadRequest($"invalid port specification: \"{place.HostPort}\" is not a port or a range of ports");
        }

        return new LibNetwork.PortBinding
        {
            Protocol = inside.Protocol,
            ContainerPorts = new PortRange(inside.Number),
            HostAddress = address,
            HostPorts = isAny ? null : outside,
        };
    }
}
