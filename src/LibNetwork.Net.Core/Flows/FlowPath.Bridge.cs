using System.Net;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Flows;

/// <content>Crossing a bridge: in by a port and on to another, or up to the host, and from the host out by a port.</content>
internal sealed partial class FlowPath
{
    /// <summary>An endpoint sends it to who has <paramref name="nextHop"/> on its bridge.</summary>
    private FlowVerdict CrossBridge(BridgePort from, Packet packet, IPAddress nextHop)
    {
        if (IsDown(from.Inside))
        {
            return Obstacle($"interface \"{from.Inside.Name}\" is down", packet);
        }

        Trace.Place = Host.Name;
        if (++_stacks > MaxStacks)
        {
            return Obstacle("it has gone through so many sandboxes that it is followed no further", packet);
        }

        if (IsDown(from.Port) || !from.Bridge.Up)
        {
            return Obstacle($"{(IsDown(from.Port) ? $"port \"{from.Port.Name}\"" : $"bridge \"{from.Bridge.Name}\"")} is down", packet);
        }

        NftAddressType type = Host.Routing.TypeOf(nextHop, packet.IsIPv4 ? null : from.Bridge);   // by IPv4 the host answers for all it has
        bool isForHost = type == NftAddressType.Local;
        BridgePort? target = isForHost ? null : surroundings.FindPort(from.Bridge, nextHop);
        if (!isForHost && target is null)
        {
            return Obstacle($"nobody on bridge \"{from.Bridge.Name}\" has {nextHop}", packet);
        }

        Trace.Add(FlowStepKind.Link, $"it comes in by port \"{from.Port.Name}\" of bridge \"{from.Bridge.Name}\"", packet);
        packet = Into(Host, packet.InOtherStack()) with
        {
            Input = from.Port,
            Bridge = from.Bridge,
            HasFrame = true,
            HardwareSource = from.Inside.PhysicalAddress,
            HardwareDestination = isForHost ? from.Bridge.PhysicalAddress : target?.Inside.PhysicalAddress,
        };
        if (PassBridge(NftHook.Prerouting, ref packet) is { } ended)
        {
            return ended;
        }

        bool passesIP = surroundings.BridgedPacketsPass(packet.IsIPv4);
        packet = packet with { Bridge = null, Input = from.Bridge, IsTracked = false };
        IPAddress destination = packet.Destination;
        if (passesIP && Pass(Host, NftHook.Prerouting, ref packet) is { } stopped)
        {
            return stopped;
        }

        if (!packet.Destination.Equals(destination))
        {
            // Translated on the bridge: it turns round there if it stays on it, otherwise it goes up.
            RouteInfo? route = Host.Routing.Resolve(QuestionAbout(packet, from.Bridge, packet.Source)).Route;
            target = route?.OutputInterface == from.Bridge.Index ? surroundings.FindPort(from.Bridge, route.Gateway ?? packet.Destination) : null;
            isForHost = target is null;
        }

        if (isForHost)
        {
            Packet frame = packet with { Bridge = from.Bridge, Input = from.Port };
            return PassBridge(NftHook.Input, ref frame) ?? Receive(Host, packet, hasPassed: passesIP);
        }

        return PassOn(from, target!, packet, passesIP);   // who is not for the host has one
    }

    /// <summary>From one port of a bridge to another.</summary>
    private FlowVerdict PassOn(BridgePort from, BridgePort to, Packet packet, bool passesIP)
    {
        packet = packet with { Input = from.Port, Output = to.Port, Bridge = from.Bridge };
        if (PassBridge(NftHook.Forward, ref packet) is { } ended)
        {
            return ended;
        }

        if (passesIP)
        {
            packet = packet with { Input = from.Bridge, Output = from.Bridge, Bridge = null };
            if (Pass(Host, NftHook.Forward, ref packet) is { } stopped)
            {
                return stopped;
            }
        }

        packet = packet with { Input = null, Output = to.Port, Bridge = from.Bridge };
        if (PassBridge(NftHook.Postrouting, ref packet) is { } last)
        {
            return last;
        }

        packet = packet with { Output = from.Bridge, Bridge = null };
        if ((passesIP ? Pass(Host, NftHook.Postrouting, ref packet) : null) is { } stoppedLast)
        {
            return stoppedLast;
        }

        Track(Host, packet);
        return Deliver(to, packet);
    }

    /// <summary>From the host out by a port of a bridge.</summary>
    private FlowVerdict LeaveByBridge(BridgePort to, Packet packet)
    {
        packet = packet with
        {
            Input = null, Output = to.Port, Bridge = to.Bridge, HasFrame = true,
            HardwareSource = to.Bridge.PhysicalAddress, HardwareDestination = to.Inside.PhysicalAddress,
        };
        return !to.Bridge.Up
            ? Obstacle($"bridge \"{to.Bridge.Name}\" is down", packet)
            : PassBridge(NftHook.Output, ref packet) ?? PassBridge(NftHook.Postrouting, ref packet) ?? Deliver(to, packet);
    }

    /// <summary>By a port into a sandbox.</summary>
    private FlowVerdict Deliver(BridgePort to, Packet packet)
    {
        if (IsDown(to.Port) || IsDown(to.Inside))
        {
            return Obstacle($"{(IsDown(to.Port) ? $"port \"{to.Port.Name}\"" : $"interface \"{to.Inside.Name}\" of {to.Endpoint.Subject}")} is down", packet);
        }

        Trace.Add(FlowStepKind.Link, $"it leaves by port \"{to.Port.Name}\" of bridge \"{to.Bridge.Name}\" to {to.Endpoint.Subject}", packet);
        return Receive(to.Stack, packet.InOtherStack() with { Input = to.Inside });
    }
}
