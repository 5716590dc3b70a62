using System.Net;
using LibNetwork.ContainerFiles;
using LibNetwork.ServiceDiscovery;
using MiniRuntime.Engine.Model;

namespace MiniRuntime.Engine.Containers;

/// <summary>A container's <c>/etc/resolv.conf</c>, from the machine's and from what the user asks. One that the container changes is its own.</summary>
internal sealed class ResolvConf(HostConfig config, string path)
{
    private const string MachinePath = "/etc/resolv.conf";

    private readonly GeneratedFile _file = new(path);

    /// <summary>How the resolver inside is to work.</summary>
    public SandboxDns Dns => ContainerResolvConf.ForResolver(Machine, Overrides).Dns;

    private static HostResolvConf Machine => HostResolvConf.Locate(MachinePath);

    private ResolvConfOverrides Overrides => new()
    {
        Servers = [.. (config.Dns ?? []).Select(IPAddress.Parse)],
        SearchDomains = config.DnsSearch ?? [],
        Options = config.DnsOptions ?? [],
    };

    /// <summary>Names the resolver inside: for a container on a network that a user has made.</summary>
    public void NameResolver() => _file.Write(ContainerResolvConf.ForResolver(Machine, Overrides).Text);

    /// <summary>Names servers that the container reaches by itself.</summary>
    public void NameServers() => _file.Write(ContainerResolvConf.WithoutResolver(Machine, Overrides, hasIPv6: false).Text);

    /// <summary>Names the machine's servers, for a container in the host's network.</summary>
    public void NameServersOfMachine()
    {
        bool asksNothing = config is { Dns: not { Count: > 0 }, DnsSearch: not { Count: > 0 }, DnsOptions: not { Count: > 0 } };
        if (asksNothing && File.Exists(MachinePath))
        {
            _file.Write(File.ReadAllText(MachinePath));
        }
        else
        {
            NameServers();
        }
    }
}
