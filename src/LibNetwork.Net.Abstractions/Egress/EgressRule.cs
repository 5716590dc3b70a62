using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Internal;

namespace LibNetwork;

/// <summary>One thing that an endpoint with an <see cref="EgressPolicy"/> may reach: addresses or a name, and which ports there.</summary>
/// <remarks>
/// As text <c>203.0.113.0/24</c>, <c>203.0.113.7:443</c>, <c>[2001:db8::/32]:53/udp</c>, <c>api.example.org:443</c>,
/// <c>*.example.org:8000-8080/tcp</c>, <c>10.0.0.0/8:*/udp</c>, <c>*:123/udp</c>, <c>git.corp.example private</c>. A port without a protocol is one of TCP.
/// </remarks>
public sealed record EgressRule
{
    private const string Anything = "*";
    private const string PrivateWord = " private";

    /// <summary>The addresses.</summary>
    /// <value>The default, <see langword="null"/>, is every address of both families, unless there is a <see cref="Name"/>.</value>
    public Subnet? Destination { get; init; }

    /// <summary>A name (<c>api.example.org</c>), or all names below one (<c>*.example.org</c>, at any depth, without <c>example.org</c> itself).</summary>
    /// <value>
    /// The default is <see langword="null"/>. Addresses count that the sandbox's own resolver has given for it, as long as its answer is
    /// good; never those of the host and of networks of this host, of loopback, of a link or of a group.
    /// </value>
    public string? Name { get; init; }

    /// <summary>Whether <see cref="Name"/> may also lead to addresses that are not public: 10.0.0.0/8, fc00::/7 and the like.</summary>
    /// <value>The default is <see langword="false"/>: whoever answers for a name must not be able to open the networks around the host.</value>
    public bool MayBePrivate { get; init; }

    /// <summary>The protocol.</summary>
    /// <value>The default, <see langword="null"/>, is everything, also what has no ports, such as echo requests.</value>
    public TransportProtocol? Protocol { get; init; }

    /// <summary>The ports; needs a <see cref="Protocol"/>.</summary>
    /// <value>The default, <see langword="null"/>, is all. With a <see cref="Name"/> there are at most 64 in a row.</value>
    public PortRange? Ports { get; init; }

    /// <summary>Parses a rule's text.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>.</exception>
    public static EgressRule Parse(string text) => TryParse(text, out EgressRule? rule)
        ? rule
        : throw NetworkException.InvalidArgument(
            "egress rule", nameof(EgressRule), $"\"{Printable.Of(text ?? string.Empty)}\" is not like 203.0.113.0/24:443/tcp, [2001:db8::1]:53/udp, *.example.org:443 or *:123/udp");

    /// <summary>Parses a rule's text.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EgressRule? rule)
    {
        rule = null;
        string rest = (text ?? string.Empty).Trim();
        bool mayBePrivate = rest.EndsWith(PrivateWord, StringComparison.Ordinal);
        rest = mayBePrivate ? rest[..^PrivateWord.Length].TrimEnd() : rest;
        (string where, string? what) = Split(rest);
        if (ReadDestination(where) is not { } read || (mayBePrivate && read.Name is null) || (what is null ? read : ReadPorts(read, what)) is not { } whole)
        {
            return false;
        }

        rule = whole with { MayBePrivate = mayBePrivate };
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string where = Name ?? (Destination is not { } subnet ? Anything : subnet.Family == AddressFamily.InterNetworkV6 ? $"[{subnet}]" : $"{subnet}");
        string what = Protocol is { } protocol ? $":{Ports?.ToString() ?? Anything}/{protocol.ToString().ToLowerInvariant()}" : string.Empty;
        return where + what + (MayBePrivate ? PrivateWord : string.Empty);
    }

    private static (string Where, string? What) Split(string text)
    {
        if (text.StartsWith('['))
        {
            return text.Split(']') switch
            {
                [var inside, ""] => (inside[1..], null),
                [var inside, [':', .. var ports]] => (inside[1..], ports),
                _ => (string.Empty, null),
            };
        }

        int colon = text.LastIndexOf(':');
        return colon < 0 || text.IndexOf(':', StringComparison.Ordinal) != colon ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }

    private static EgressRule? ReadDestination(string text)
    {
        if (text == Anything)
        {
            return new EgressRule();
        }

        if (Subnet.TryParse(text, out Subnet subnet))
        {
            return new EgressRule { Destination = subnet };
        }

        if (text.Contains('/', StringComparison.Ordinal) || text.Length == 0)
        {
            return null;
        }

        bool isNumber = char.IsAsciiDigit(text[^1]) && text[(text.LastIndexOf('.') + 1)..].All(char.IsAsciiDigit);   // no name ends so (RFC 3696)
        if (isNumber || text.Contains(':', StringComparison.Ordinal))
        {
            return IPAddress.TryParse(text, out IPAddress? address) && (text.Contains(':', StringComparison.Ordinal) || address.ToString() == text)
                ? new EgressRule { Destination = new Subnet(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128) }
                : null;
        }

        return text.Any(static character => char.IsWhiteSpace(character) || char.IsControl(character)) ? null : new EgressRule { Name = text };
    }

    private static EgressRule? ReadPorts(EgressRule rule, string text)
    {
        (string ports, TransportProtocol? protocol) = text.Split('/') switch
        {
            [var all] => (all, TransportProtocol.Tcp),
            [var some, "tcp"] => (some, TransportProtocol.Tcp),
            [var some, "udp"] => (some, TransportProtocol.Udp),
            [var some, "sctp"] => (some, TransportProtocol.Sctp),
            _ => (string.Empty, (TransportProtocol?)null),
        };
        return protocol is null ? null
            : ports == Anything ? rule with { Protocol = protocol }
            : PortRange.TryParse(ports, out PortRange range) ? rule with { Protocol = protocol, Ports = range }
            : null;
    }
}
