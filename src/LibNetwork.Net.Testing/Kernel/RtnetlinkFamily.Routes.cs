using System.Net;
using System.Runtime.InteropServices;
using LibNetwork.Linux;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Testing.Kernel.WireConstants;

namespace LibNetwork.Testing.Kernel;

internal static partial class RtnetlinkFamily
{
    private static int AddRoute(FakeNamespace inside, in NetlinkMessage message)
    {
        RouteRequest request = RouteRequest.Read(message);
        FakeLink? output = request.Output is { } index ? inside.Find(index) : request.Gateway is { } router ? inside.Route(router)?.Output : null;
        if (output is null && request.Type == RTN_UNICAST)
        {
            return request.Output is null ? LinuxErrno.ENETUNREACH : LinuxErrno.ENODEV;
        }

        if (output is { Up: false })
        {
            return LinuxErrno.ENETDOWN;
        }

        bool isReached = request.Gateway is not { } gateway || request.IsOnLink || gateway.IsIPv6LinkLocal
            || inside.Routes.Any(route => route.Output == output && route.Gateway is null && route.Table == RT_TABLE_MAIN && route.Destination.Contains(gateway));
        if (!isReached)
        {
            return request.Family == AF_INET ? LinuxErrno.ENETUNREACH : LinuxErrno.EHOSTUNREACH;
        }

        FakeRoute made = new()
        {
            Destination = request.Destination, Table = request.Table, Protocol = request.Protocol, Scope = request.Scope, Type = request.Type,
            Gateway = request.Gateway, Output = output, Source = request.Source,
            Metric = request.Metric is { } metric and not 0 ? metric : request.Family == AF_INET ? 0 : DefaultMetricIPv6,
        };
        int present = inside.Routes.FindIndex(route => route.HasPlaceOf(made) && (request.Family == AF_INET || route.Output == output));
        if (present >= 0 && (message.Flags & NetlinkFlags.Replace) != 0)
        {
            inside.Routes[present] = made;
            return 0;
        }

        if (present >= 0 && (message.Flags & NetlinkFlags.Exclusive) != 0)
        {
            return LinuxErrno.EEXIST;
        }

        inside.Routes.Add(made);
        return 0;
    }

    private static int RemoveRoute(FakeNamespace inside, in NetlinkMessage message)
    {
        RouteRequest request = RouteRequest.Read(message);
        FakeRoute? found = inside.Routes.Find(route => route.Destination.Equals(request.Destination) && route.Table == request.Table
            && (request.Gateway is null || request.Gateway.Equals(route.Gateway))
            && (request.Output is null || request.Output == route.Output?.Index)
            && (request.Metric is null || request.Metric == route.Metric));
        return found is not null && inside.Routes.Remove(found) ? 0 : LinuxErrno.ESRCH;
    }

    private static int FindRoute(FakeNamespace inside, in NetlinkMessage message, Answers answers)
    {
        if (inside.Route(RouteRequest.Read(message).Destination.BaseAddress) is not { } route)
        {
            return LinuxErrno.ENETUNREACH;
        }

        Tell(route, message.Sequence, isPart: false, answers);
        return 0;
    }

    private static void Tell(FakeRoute route, uint sequence, bool isPart, Answers answers) => answers.Add(RTM_NEWROUTE, sequence, isPart, (ref writer) =>
    {
        Span<byte> header = writer.WriteFamilyHeader(SizeOfRtMsg);
        header[0] = route.Family;
        header[1] = (byte)route.Destination.PrefixLength;
        header[4] = (byte)(route.Table <= byte.MaxValue ? route.Table : 0);
        header[5] = route.Protocol;
        header[6] = route.Scope;
        header[7] = route.Type;
        writer.WriteAttribute(RTA_TABLE, route.Table);
        if (route.Destination.PrefixLength > 0)
        {
            writer.WriteAttribute(RTA_DST, route.Destination.BaseAddress.GetAddressBytes());
        }

        if (route.Gateway is { } gateway)
        {
            writer.WriteAttribute(RTA_GATEWAY, gateway.GetAddressBytes());
        }

        if (route.Output is { } output)
        {
            writer.WriteAttribute(RTA_OIF, output.Index);
        }

        if (route.Metric != 0)
        {
            writer.WriteAttribute(RTA_PRIORITY, route.Metric);
        }

        if (route.Source is { } source)
        {
            writer.WriteAttribute(RTA_PREFSRC, source.GetAddressBytes());
        }
    });

    /// <summary>What a message says about a route.</summary>
    private sealed record RouteRequest
    {
        public required byte Family { get; init; }

        public required IPNetwork Destination { get; init; }

        public required uint Table { get; init; }

        public required byte Protocol { get; init; }

        public required byte Scope { get; init; }

        public required byte Type { get; init; }

        public required bool IsOnLink { get; init; }

        public IPAddress? Gateway { get; init; }

        public int? Output { get; init; }

        public uint? Metric { get; init; }

        public IPAddress? Source { get; init; }

        public static RouteRequest Read(in NetlinkMessage message)
        {
            ReadOnlySpan<byte> header = message.Payload;
            RouteRequest request = new()
            {
                Family = header[0],
                Destination = new IPNetwork(header[0] == AF_INET ? IPAddress.Any : IPAddress.IPv6Any, 0),
                Table = header[4] == 0 ? RT_TABLE_MAIN : header[4],
                Protocol = header[5],
                Scope = header[6],
                Type = header[7],
                IsOnLink = (MemoryMarshal.Read<uint>(header[8..]) & RTNH_F_ONLINK) != 0,
            };
            NetlinkAttributeReader attributes = message.Attributes(SizeOfRtMsg);
            while (attributes.TryRead(out NetlinkAttribute attribute))
            {
                request = attribute.Type switch
                {
                    RTA_DST => request with { Destination = FakeRoute.Masked(new IPAddress(attribute.Payload), header[1]) },
                    RTA_GATEWAY => request with { Gateway = new IPAddress(attribute.Payload) },
                    RTA_OIF => request with { Output = attribute.AsInt32() },
                    RTA_PRIORITY => request with { Metric = attribute.AsUInt32() },
                    RTA_PREFSRC => request with { Source = new IPAddress(attribute.Payload) },
                    RTA_TABLE => request with { Table = attribute.AsUInt32() },
                    _ => request,
                };
            }

            return request;
        }
    }
}
