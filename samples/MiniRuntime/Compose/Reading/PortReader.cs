using System.Globalization;
using System.Net;
using MiniRuntime.Compose.Model;

namespace MiniRuntime.Compose.Reading;

/// <summary>Reads published ports: <c>[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]</c>, each a number or a range, or the long form.</summary>
internal static class PortReader
{
    private const string Explanation = "write [[address:]host:]container[/protocol], such as 8080:80, 127.0.0.1::80 or 5000-5009:5000-5009/udp";

    /// <summary>A range of container ports becomes a mapping for each.</summary>
    public static IEnumerable<PortMapping> Read(YamlValue value)
    {
        if (value.IsMap)
        {
            return ReadLong(value);
        }

        if (value.Text() is not { } text)
        {
            return [];
        }

        if (Parse(text) is { } mappings)
        {
            return mappings;
        }

        value.Report($"\"{text}\" is not a port: {Explanation}");
        return [];
    }

    /// <summary>Reads a port that is only exposed, <c>80</c> or <c>8000-8010/udp</c>, as <c>number/protocol</c>.</summary>
    public static IEnumerable<string> ReadExposed(YamlValue value)
    {
        if (value.Text() is not { } text)
        {
            return [];
        }

        (string ports, string protocol) = SplitProtocol(text);
        if (IsProtocol(protocol) && TryParseRange(ports, out int first, out int last))
        {
            return Enumerable.Range(first, last - first + 1).Select(port => $"{port}/{protocol}");
        }

        value.Report($"\"{text}\" is not a port: write container[/protocol], such as 80 or 8000-8010/udp");
        return [];
    }

    private static List<PortMapping>? Parse(string text)
    {
        (string addresses, string protocol) = SplitProtocol(text);
        int containerStart = addresses.LastIndexOf(':') + 1;
        string container = addresses[containerStart..];
        string rest = containerStart == 0 ? string.Empty : addresses[..(containerStart - 1)];

        // What is left is HOST, ADDRESS:HOST or, with an IPv6 address, [ADDRESS]:HOST.
        int hostStart = rest.LastIndexOf(':') + 1;
        string host = rest[hostStart..];
        string address = hostStart == 0 ? string.Empty : rest[..(hostStart - 1)];
        bool bracketed = address.StartsWith('[') && address.EndsWith(']');
        address = bracketed ? address[1..^1] : address;
        bool isAddress = address.Length == 0 ? hostStart == 0 : IPAddress.TryParse(address, out _);
        return isAddress && IsProtocol(protocol) ? Combine(address, host, container, protocol) : null;
    }

    private static List<PortMapping>? Combine(string address, string host, string container, string protocol)
    {
        if (!TryParseRange(container, out int first, out int last))
        {
            return null;
        }

        if (host.Length == 0)
        {
            return [.. Ports(first, last).Select(port => new PortMapping(port, protocol, address, string.Empty))];
        }

        if (!TryParseRange(host, out int firstOfHost, out int lastOfHost))
        {
            return null;
        }

        if (first == last)
        {
            return [new PortMapping(first, protocol, address, firstOfHost == lastOfHost ? Text(firstOfHost) : $"{firstOfHost}-{lastOfHost}")];
        }

        return lastOfHost - firstOfHost == last - first
            ? [.. Ports(first, last).Select(port => new PortMapping(port, protocol, address, Text(firstOfHost + port - first)))]
            : null;
    }

    private static List<PortMapping> ReadLong(YamlValue value)
    {
        YamlMap map = value.Map()!;   // the caller has looked
        YamlValue? target = map.Take("target");
        YamlValue? published = map.Take("published");
        YamlValue? hostIp = map.Take("host_ip");
        YamlValue? protocol = map.Take("protocol");
        _ = map.Take("mode")?.Text();   // "host" and "ingress" are the same on a single host
        _ = map.Take("name")?.Text();
        _ = map.Take("app_protocol")?.Text();
        map.RejectOthers();
        if (target is null)
        {
            value.Report("a published port needs its target, the port of the container");
            return [];
        }

        int? port = target.Integer(1, ushort.MaxValue);
        string host = published?.Text() ?? string.Empty;
        string address = hostIp?.Text() ?? string.Empty;
        string transport = protocol?.Text() ?? "tcp";
        if (!IsProtocol(transport))
        {
            protocol!.Report("protocol must be tcp, udp or sctp");   // its default is one of them
        }
        else if (address.Length > 0 && !IPAddress.TryParse(address, out _))
        {
            hostIp!.Report($"host_ip must be an address, and is \"{address}\"");   // it has a value
        }
        else if (port is { } number)
        {
            if (Combine(address, host, Text(number), transport) is { } mappings)
            {
                return mappings;
            }

            published!.Report($"published must be a port or a range of ports, and is \"{host}\"");   // nothing else can be wrong
        }

        return [];
    }

    private static (string Ports, string Protocol) SplitProtocol(string text)
        => text.Split('/', 2) is [var ports, var protocol] ? (ports, protocol.ToLowerInvariant()) : (text, "tcp");

    private static bool IsProtocol(string text) => text is "tcp" or "udp" or "sctp";

    private static bool TryParseRange(string text, out int first, out int last)
    {
        string[] ends = text.Split('-');
        last = 0;
        return TryParsePort(ends[0], out first) && TryParsePort(ends[^1], out last) && ends.Length <= 2 && last >= first;
    }

    private static bool TryParsePort(string text, out int port)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue;

    private static IEnumerable<int> Ports(int first, int last) => Enumerable.Range(first, last - first + 1);

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
