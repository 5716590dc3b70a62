using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux;

namespace LibNetwork.Testing.Kernel;

/// <summary>A network namespace: its interfaces, addresses, routes, neighbours, parameters and packet rules.</summary>
internal sealed class FakeNamespace
{
    private const uint LoopbackMtu = 65536;
    private int _lastIndex;

    public FakeNamespace(FakeNamespaces all, int number)
    {
        All = all;
        Number = number;
        Sysctls = new FakeSysctls(this);
        Links.Add(new FakeLink { Name = "lo", Home = this, Index = NextIndex(), Mtu = LoopbackMtu, Address = new byte[6] });
    }

    public FakeNamespaces All { get; }

    /// <summary>What stands for its descriptor.</summary>
    public int Number { get; }

    public List<FakeLink> Links { get; } = [];

    public List<FakeAddress> Addresses { get; } = [];

    public List<FakeRoute> Routes { get; } = [];

    public Dictionary<(FakeLink Link, IPAddress Address), byte[]> Neighbours { get; } = [];

    public FakeSysctls Sysctls { get; }

    public FakeRuleset Ruleset { get; set; } = new();

    public FakeLink? Find(int index) => Links.Find(link => link.Index == index);

    public FakeLink? Find(string name) => Links.Find(link => link.Name == name);

    public int NextIndex() => ++_lastIndex;

    /// <summary>Takes an interface up or down, with what the kernel does by itself.</summary>
    public void SetUp(FakeLink link, bool up)
    {
        if (link.Up == up)
        {
            return;
        }

        link.Up = up;
        if (!up)
        {
            Routes.RemoveAll(route => route.Output == link && route.Table != WireConstants.RT_TABLE_LOCAL);
            RemoveIPv6Addresses(link);
            return;
        }

        if (link.IsLoopback)
        {
            Add(new FakeAddress(link, IPAddress.Loopback, 8));
            if (Sysctls.IsIPv6On(link))
            {
                Add(new FakeAddress(link, IPAddress.IPv6Loopback, 128));
            }
        }

        foreach (FakeAddress address in Addresses.Where(address => address.Link == link))
        {
            AddConnected(address);
        }
    }

    /// <returns>An error number.</returns>
    public int Add(FakeAddress address)
    {
        if (Addresses.Any(other => other.Link == address.Link && other.Address.Equals(address.Address)))
        {
            return address.Link.IsLoopback ? 0 : LinuxErrno.EEXIST;
        }

        if (address.Family == WireConstants.AF_INET6 && !Sysctls.IsIPv6On(address.Link))
        {
            return LinuxErrno.EACCES;
        }

        Addresses.Add(address);
        Routes.Add(new FakeRoute
        {
            Destination = new IPNetwork(address.Address, address.HostLength), Table = WireConstants.RT_TABLE_LOCAL, Type = WireConstants.RTN_LOCAL,
            Protocol = WireConstants.RTPROT_KERNEL, Scope = WireConstants.RT_SCOPE_HOST, Output = address.Link,
        });
        AddConnected(address);
        return 0;
    }

    public void Remove(FakeAddress address)
    {
        Addresses.Remove(address);
        Routes.RemoveAll(route => route.Output == address.Link && route.Protocol == WireConstants.RTPROT_KERNEL
            && (route.Table == WireConstants.RT_TABLE_LOCAL ? route.Destination.BaseAddress.Equals(address.Address) : IsConnectedBy(route, address)));
    }

    public void RemoveIPv6Addresses(FakeLink link)
    {
        foreach (FakeAddress address in Addresses.Where(address => address.Link == link && address.Family == WireConstants.AF_INET6).ToList())
        {
            Remove(address);
        }
    }

    /// <summary>Takes an interface out, with what is bound to it here.</summary>
    public void Detach(FakeLink link)
    {
        Links.Remove(link);
        Addresses.RemoveAll(address => address.Link == link);
        Routes.RemoveAll(route => route.Output == link);
        foreach ((FakeLink Link, IPAddress Address) known in Neighbours.Keys.Where(known => known.Link == link).ToList())
        {
            Neighbours.Remove(known);
        }

        foreach (FakeLink port in Links.Where(port => port.Master == link))
        {
            port.Master = null;
        }

        link.Master = null;
    }

    /// <summary>The route that packets to an address take: the longest, then that of the lower metric.</summary>
    public FakeRoute? Route(IPAddress destination)
        => Routes.Where(route => route.Destination.BaseAddress.AddressFamily == destination.AddressFamily && route.Destination.Contains(destination))
            .OrderByDescending(route => route.Table == WireConstants.RT_TABLE_LOCAL)
            .ThenByDescending(route => route.Destination.PrefixLength)
            .ThenBy(route => route.Metric)
            .FirstOrDefault(route => route.Table is WireConstants.RT_TABLE_LOCAL or WireConstants.RT_TABLE_MAIN);

    private void AddConnected(FakeAddress address)
    {
        bool isAlone = address.PrefixLength == address.HostLength && address.Address.AddressFamily == AddressFamily.InterNetwork;
        FakeRoute connected = new()
        {
            Destination = address.Subnet, Table = WireConstants.RT_TABLE_MAIN, Protocol = WireConstants.RTPROT_KERNEL, Output = address.Link,
            Scope = address.Family == WireConstants.AF_INET ? WireConstants.RT_SCOPE_LINK : WireConstants.RT_SCOPE_UNIVERSE,
            Metric = address.Family == WireConstants.AF_INET ? 0 : WireConstants.ConnectedMetricIPv6,
            Source = address.Family == WireConstants.AF_INET ? address.Address : null,
        };
        if (address.Link is { Up: true, IsLoopback: false } && !isAlone && !Routes.Any(route => route.Output == address.Link && route.HasPlaceOf(connected)))
        {
            Routes.Add(connected);
        }
    }

    private bool IsConnectedBy(FakeRoute route, FakeAddress address)
        => route.Destination.Equals(address.Subnet) && !Addresses.Any(other => other.Link == address.Link && other.Subnet.Equals(address.Subnet));
}
