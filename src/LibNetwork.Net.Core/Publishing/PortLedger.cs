using System.Net;

namespace LibNetwork.Publishing;

/// <summary>Which ports of the host this process has given to whom, and which one is picked next. Thread safe.</summary>
/// <remarks>The unspecified address stands for all of its family, so it excludes each of them on a port, and each excludes it.</remarks>
internal sealed class PortLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(TransportProtocol Protocol, ushort Port), List<PortHolder>> _ports = [];
    private readonly List<(TransportProtocol Protocol, PortRange Ports, PortHolder Holder)> _ranges = [];   // few
    private readonly Dictionary<(TransportProtocol Protocol, PortRange Range), ushort> _last = [];

    /// <summary>Takes a port, or several in a row, on some addresses.</summary>
    /// <returns>Who has one of them already; <see langword="null"/> when they are taken now.</returns>
    public PortHolder? TryTake(TransportProtocol protocol, PortRange ports, IReadOnlyList<IPAddress> addresses, string subject)
    {
        lock (_gate)
        {
            foreach (IPAddress address in addresses)
            {
                if (Find(protocol, ports, address) is { } other)
                {
                    return other;
                }
            }

            foreach (IPAddress address in addresses)
            {
                Add(protocol, ports, new PortHolder(subject, address));
            }

            return null;
        }
    }

    /// <summary>Gives a port back; one that is not taken is not an error.</summary>
    public void Release(TransportProtocol protocol, PortRange ports, IPAddress address)
    {
        lock (_gate)
        {
            if (ports.Count > 1)
            {
                int index = _ranges.FindIndex(taken => taken.Protocol == protocol && taken.Ports == ports && taken.Holder.Address.Equals(address));
                if (index >= 0)
                {
                    _ranges.RemoveAt(index);
                }
            }
            else if (_ports.TryGetValue((protocol, ports.First), out List<PortHolder>? holders))
            {
                holders.RemoveAll(holder => holder.Address.Equals(address));
                if (holders.Count == 0)
                {
                    _ports.Remove((protocol, ports.First));
                }
            }
        }
    }

    /// <summary>Says who has a port; one that is not taken is left alone.</summary>
    public void Rename(TransportProtocol protocol, PortRange ports, IPAddress address, string subject)
    {
        PortHolder renamed = new(subject, address);
        lock (_gate)
        {
            if (ports.Count > 1)
            {
                int index = _ranges.FindIndex(taken => taken.Protocol == protocol && taken.Ports == ports && taken.Holder.Address.Equals(address));
                if (index >= 0)
                {
                    _ranges[index] = (protocol, ports, renamed);
                }
            }
            else if (_ports.TryGetValue((protocol, ports.First), out List<PortHolder>? holders) && holders.FindIndex(holder => holder.Address.Equals(address)) is >= 0 and int index)
            {
                holders[index] = renamed;
            }
        }
    }

    /// <summary>The ports of a range in the order in which they are tried: from the one behind the last that was picked, and around.</summary>
    public IEnumerable<ushort> InTurn(TransportProtocol protocol, PortRange range)
    {
        ushort last;
        lock (_gate)
        {
            last = _last.GetValueOrDefault((protocol, range), range.Last);
        }

        for (int i = 1; i <= range.Count; i++)
        {
            yield return (ushort)(range.First + ((last - range.First + i) % range.Count));
        }
    }

    /// <summary>Remembers which port of a range was picked.</summary>
    public void Picked(TransportProtocol protocol, PortRange range, ushort port)
    {
        lock (_gate)
        {
            _last[(protocol, range)] = port;
        }
    }

    private void Add(TransportProtocol protocol, PortRange ports, PortHolder holder)
    {
        if (ports.Count > 1)
        {
            _ranges.Add((protocol, ports, holder));
            return;
        }

        if (!_ports.TryGetValue((protocol, ports.First), out List<PortHolder>? holders))
        {
            _ports[(protocol, ports.First)] = holders = [];
        }

        holders.Add(holder);
    }

    private PortHolder? Find(TransportProtocol protocol, PortRange ports, IPAddress address)
    {
        foreach ((TransportProtocol otherProtocol, PortRange others, PortHolder holder) in _ranges)
        {
            if (otherProtocol == protocol && others.Overlaps(ports) && Meet(holder.Address, address))
            {
                return holder;
            }
        }

        for (int port = ports.First; port <= ports.Last; port++)
        {
            if (_ports.TryGetValue((protocol, (ushort)port), out List<PortHolder>? holders) && holders.Find(holder => Meet(holder.Address, address)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static bool Meet(IPAddress one, IPAddress other)
        => one.AddressFamily == other.AddressFamily && (one.Equals(other) || IsAny(one) || IsAny(other));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
