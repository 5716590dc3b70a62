using System.Net;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <summary>The published ports of a host as the firewall knows them, and a change of them as elements of its sets.</summary>
internal sealed class PortElements
{
    private readonly Dictionary<FirewallPort, bool> _changed = [];
    private readonly List<(string Set, NftElement Element)> _added = [];
    private readonly List<(string Set, NftElement Element)> _removed = [];

    public IReadOnlyList<(string Set, NftElement Element)> Added => _added;

    public IReadOnlyList<(string Set, NftElement Element)> Removed => _removed;

    /// <summary>The ports that are, and how many of them lead to each that is open.</summary>
    public sealed class Model
    {
        private readonly HashSet<FirewallPort> _ports = [];
        private readonly Dictionary<(IPAddress, TransportProtocol, PortRange), int> _open = [];

        /// <summary>The elements of all that is there.</summary>
        public IEnumerable<(string Set, NftElement Element)> All
            => _ports.SelectMany(RoutedTable.HostElementsOf).Concat(_ports.Select(RoutedTable.OpenElementOf).Distinct());

        /// <summary>What a change means; <see cref="Apply"/> makes it so.</summary>
        public PortElements Plan(IEnumerable<FirewallPort> opened, IEnumerable<FirewallPort> closed)
        {
            PortElements plan = new();
            Dictionary<(IPAddress, TransportProtocol, PortRange), int> change = [];
            Dictionary<(IPAddress, TransportProtocol, PortRange), FirewallPort> example = [];
            foreach (FirewallPort port in closed.Where(port => _ports.Contains(port) && plan._changed.TryAdd(port, false)))
            {
                plan._removed.AddRange(RoutedTable.HostElementsOf(port));
                change[KeyOf(port)] = change.GetValueOrDefault(KeyOf(port)) - 1;
                example[KeyOf(port)] = port;
            }

            foreach (FirewallPort port in opened.Where(port => !_ports.Contains(port) && plan._changed.TryAdd(port, true)))
            {
                plan._added.AddRange(RoutedTable.HostElementsOf(port));
                change[KeyOf(port)] = change.GetValueOrDefault(KeyOf(port)) + 1;
                example[KeyOf(port)] = port;
            }

            foreach (((IPAddress, TransportProtocol, PortRange) key, int difference) in change)
            {
                int before = _open.GetValueOrDefault(key), after = before + difference;
                if (before == 0 != (after == 0))
                {
                    (after == 0 ? plan._removed : plan._added).Add(RoutedTable.OpenElementOf(example[key]));
                }
            }

            return plan;
        }

        /// <summary>The change has happened.</summary>
        public void Apply(PortElements plan)
        {
            foreach ((FirewallPort port, bool isOpened) in plan._changed)
            {
                int count = _open.GetValueOrDefault(KeyOf(port)) + (isOpened ? 1 : -1);
                if (count == 0)
                {
                    _open.Remove(KeyOf(port));
                }
                else
                {
                    _open[KeyOf(port)] = count;
                }

                if (isOpened)
                {
                    _ports.Add(port);
                }
                else
                {
                    _ports.Remove(port);
                }
            }
        }

        public void Clear()
        {
            _ports.Clear();
            _open.Clear();
        }

        private static (IPAddress Address, TransportProtocol Protocol, PortRange Ports) KeyOf(FirewallPort port)
            => (port.ContainerAddress, port.Protocol, port.ContainerPorts);
    }
}
