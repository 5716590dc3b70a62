using System.Net;
using MiniRuntime.Engine.Model;

namespace MiniRuntime.Engine.Containers;

/// <summary>A container's <c>/etc/hosts</c>. Lines that the container adds itself stay.</summary>
internal sealed class HostsFile(string path)
{
    private const string MachinePath = "/etc/hosts";

    private readonly LibNetwork.ContainerFiles.HostsFile _file = new(path);

    /// <summary>Begins the file anew: with the machine's lines, or with the standard ones, then what the user adds.</summary>
    public void Begin(bool fromMachine, IReadOnlyList<string> extraHosts, IPAddress? hostGateway)
    {
        (string, IPAddress)[] extra = [.. extraHosts.Select(ExtraHost.Parse).Select(line => (line.Name, Resolve(line.Address, line.Name, hostGateway)))];
        if (fromMachine)
        {
            _file.BeginFrom(MachinePath, extra);
        }
        else
        {
            _file.Begin(hasIPv6: true, extra);
        }
    }

    /// <summary>Adds a line for each address that the container has on a network.</summary>
    public void Add(EndpointSettings endpoint, string names)
    {
        foreach (IPAddress address in AddressesOf(endpoint, names))
        {
            _file.Add(address, names);
        }
    }

    /// <summary>Removes the lines that <see cref="Add"/> has added.</summary>
    public void Remove(EndpointSettings endpoint, string names)
    {
        foreach (IPAddress address in AddressesOf(endpoint, names))
        {
            _file.Remove(address, names);
        }
    }

    private static IEnumerable<IPAddress> AddressesOf(EndpointSettings endpoint, string names)
        => new[] { endpoint.IPAddress, endpoint.GlobalIPv6Address }.Where(address => address.Length > 0 && names.Length > 0).Select(IPAddress.Parse);

    private static IPAddress Resolve(string address, string name, IPAddress? hostGateway)
        => address != ExtraHost.HostGateway
            ? IPAddress.Parse(address)
            : hostGateway
                ?? throw EngineException.BadRequest($"unable to derive the IP value for host-gateway: \"{name}\" needs the default bridge");
}
