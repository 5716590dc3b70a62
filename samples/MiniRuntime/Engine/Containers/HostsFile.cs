using System.Net;
using System.Text;
using MiniRuntime.Engine.Model;

namespace MiniRuntime.Engine.Containers;

/// <summary>A container's <c>/etc/hosts</c>. Lines that the container adds itself stay.</summary>
internal sealed class HostsFile(string path)
{
    private const string MachinePath = "/etc/hosts";

    private const string Standard =
        "127.0.0.1\tlocalhost\n" +
        "::1\tlocalhost ip6-localhost ip6-loopback\n" +
        "fe00::\tip6-localnet\n" +
        "ff00::\tip6-mcastprefix\n" +
        "ff02::1\tip6-allnodes\n" +
        "ff02::2\tip6-allrouters\n";

    /// <summary>Begins the file anew: with the machine's lines, or with the standard ones, then what the user adds.</summary>
    public void Begin(bool fromMachine, IReadOnlyList<string> extraHosts, IPAddress? hostGateway)
    {
        StringBuilder text = new(fromMachine && File.Exists(MachinePath) ? File.ReadAllText(MachinePath) : Standard);
        foreach ((string name, string address) in extraHosts.Select(ExtraHost.Parse))
        {
            text.Append($"{Resolve(address, name, hostGateway)}\t{name}\n");
        }

        ContainerFiles.WriteInPlace(path, text.ToString());
    }

    /// <summary>Adds a line for each address that the container has on a network.</summary>
    public void Add(EndpointSettings endpoint, string names)
        => ContainerFiles.WriteInPlace(
            path, File.ReadAllText(path) + string.Concat(AddressesOf(endpoint).Select(address => $"{address}\t{names}\n")));

    /// <summary>Removes the lines that <see cref="Add"/> has added.</summary>
    public void Remove(EndpointSettings endpoint, string names)
    {
        HashSet<string> gone = [.. AddressesOf(endpoint).Select(address => $"{address}\t{names}")];
        ContainerFiles.WriteInPlace(path, string.Concat(File.ReadAllLines(path).Where(line => !gone.Contains(line)).Select(line => line + "\n")));
    }

    private static IEnumerable<string> AddressesOf(EndpointSettings endpoint)
        => new[] { endpoint.IPAddress, endpoint.GlobalIPv6Address }.Where(address => address.Length > 0);

    private static string Resolve(string address, string name, IPAddress? hostGateway)
        => address != ExtraHost.HostGateway
            ? address
            : hostGateway?.ToString()
                ?? throw EngineException.BadRequest($"unable to derive the IP value for host-gateway: \"{name}\" needs the default bridge");
}
