using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Flows;

/// <summary>What a rule has loaded into registers, in nft's words, and how its values are written.</summary>
/// <param name="Name">As nft names it.</param>
/// <param name="Kind">How its values are written.</param>
/// <param name="Words">How many registers it takes.</param>
internal sealed record Field(string Name, FieldKind Kind, int Words)
{
    private const int WordsOfName = 4, WordsOfIPv6 = 4, WordsOfHardware = 2;

    /// <summary>The bits of it that are compared, when not all are.</summary>
    public NftBytes? Mask { get; init; }

    public bool IsAddress => Kind == FieldKind.Address;

    public static Field Text(string text) => new(text, FieldKind.Bytes, 1);

    public static Field Constant(NftBytes value) => new(
        value.Length switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(value.Span).ToString(CultureInfo.InvariantCulture),
            4 or 16 => new IPAddress(value.Span).ToString(),
            _ => "0x" + Convert.ToHexStringLower(value.Span),
        },
        FieldKind.Bytes,
        (value.Length + 3) / 4);

    public static Field Of(NftMetaKey key) => key switch
    {
        NftMetaKey.IifName or NftMetaKey.OifName => new(FieldNames.Of(key), FieldKind.Name, WordsOfName),
        NftMetaKey.BridgeIifName or NftMetaKey.BridgeOifName => new("meta " + FieldNames.Of(key), FieldKind.Name, WordsOfName),
        NftMetaKey.IifIndex or NftMetaKey.OifIndex => new(FieldNames.Of(key), FieldKind.Number, 1),
        NftMetaKey.L4Proto => new("meta l4proto", FieldKind.Protocol, 1),
        NftMetaKey.NfProto => new("meta nfproto", FieldKind.Family, 1),
        NftMetaKey.Protocol => new("meta protocol", FieldKind.EtherType, 1),
        NftMetaKey.Mark => new("meta mark", FieldKind.Mark, 1),
        _ => new("meta " + FieldNames.Of(key), FieldKind.Number, 1),
    };

    public static Field Of(NftCtKey key, NftCtDirection? direction)
    {
        string prefix = direction is { } of ? $"ct {of.ToString().ToLowerInvariant()} " : "ct ";
        return key switch
        {
            NftCtKey.State => new("ct state", FieldKind.State, 1),
            NftCtKey.Status => new("ct status", FieldKind.Status, 1),
            NftCtKey.Mark => new("ct mark", FieldKind.Mark, 1),
            NftCtKey.SourceIPv4 or NftCtKey.DestinationIPv4 => new(prefix + FieldNames.Of(key), FieldKind.Address, 1),
            NftCtKey.SourceIPv6 or NftCtKey.DestinationIPv6 => new(prefix + FieldNames.Of(key), FieldKind.Address, WordsOfIPv6),
            NftCtKey.SourcePort or NftCtKey.DestinationPort => new(prefix + FieldNames.Of(key), FieldKind.Port, 1),
            NftCtKey.Protocol => new(prefix + FieldNames.Of(key), FieldKind.Protocol, 1),
            _ => new(prefix + FieldNames.Of(key), FieldKind.Number, 1),
        };
    }

    public static Field Of(NftFibExpression fib)
    {
        string parts = string.Join(" . ", FieldNames.PartsOf(fib.Flags));
        return fib.Result == NftFibResult.AddressType
            ? new($"fib {parts} type", FieldKind.AddressType, 1)
            : new($"fib {parts} {(fib.Result == NftFibResult.OifName ? "oifname" : "oif")}", (fib.Flags & NftFibFlags.Present) != 0 ? FieldKind.Presence : FieldKind.Number, 1);
    }

    public static Field Of(NftPayloadExpression payload, NftFamily family) => (payload.Base, payload.Offset, payload.Length) switch
    {
        (NftPayloadBase.Link, 0, 6) => new("ether daddr", FieldKind.Hardware, WordsOfHardware),
        (NftPayloadBase.Link, 6, 6) => new("ether saddr", FieldKind.Hardware, WordsOfHardware),
        (NftPayloadBase.Link, 12, 2) => new("ether type", FieldKind.EtherType, 1),
        (NftPayloadBase.Network, 9, 1) => new("ip protocol", FieldKind.Protocol, 1),
        (NftPayloadBase.Network, 6, 1) => new("ip6 nexthdr", FieldKind.Protocol, 1),
        (NftPayloadBase.Network, 12, <= 4) when family != NftFamily.IPv6 => new("ip saddr", FieldKind.Address, 1),
        (NftPayloadBase.Network, 16, <= 4) when family != NftFamily.IPv6 => new("ip daddr", FieldKind.Address, 1),
        (NftPayloadBase.Network, 8, 16) => new("ip6 saddr", FieldKind.Address, WordsOfIPv6),
        (NftPayloadBase.Network, 24, 16) => new("ip6 daddr", FieldKind.Address, WordsOfIPv6),
        (NftPayloadBase.Transport, 0, 2) => new("th sport", FieldKind.Port, 1),
        (NftPayloadBase.Transport, 2, 2) => new("th dport", FieldKind.Port, 1),
        _ => new($"@{FieldNames.Of(payload.Base)},{payload.Offset * 8},{payload.Length * 8}", FieldKind.Bytes, (payload.Length + 3) / 4),
    };

    /// <summary>A value as nft writes it.</summary>
    public string Format(ReadOnlySpan<byte> value) => (Kind, value.Length) switch
    {
        (FieldKind.Name, _) => value.Length == 16
            ? $"\"{Encoding.UTF8.GetString(value.TrimEnd((byte)0))}\""
            : $"\"{Encoding.UTF8.GetString(value)}*\"",   // without its last zero byte it is a prefix
        (FieldKind.Address, 4 or 16) => new IPAddress(value).ToString(),
        (FieldKind.Address, < 4) => new IPAddress([.. value, .. new byte[4 - value.Length]]).ToString(),
        (FieldKind.Port, 2) => BinaryPrimitives.ReadUInt16BigEndian(value).ToString(CultureInfo.InvariantCulture),
        (FieldKind.Protocol, 1) => FieldNames.OfProtocol(value[0]),
        (FieldKind.Family, 1) => value[0] == (byte)NftFamily.IPv4 ? "ipv4" : "ipv6",
        (FieldKind.EtherType, 2) => FieldNames.OfEtherType(BinaryPrimitives.ReadUInt16BigEndian(value)),
        (FieldKind.Hardware, 6) => string.Join(':', value.ToArray().Select(static part => part.ToString("x2", CultureInfo.InvariantCulture))),
        (FieldKind.State, 4) => FieldNames.Of((NftCtState)BitConverter.ToUInt32(value)),
        (FieldKind.Status, 4) => FieldNames.Of((NftCtStatus)BitConverter.ToUInt32(value)),
        (FieldKind.AddressType, 4) => ((NftAddressType)BitConverter.ToUInt32(value)).ToString().ToLowerInvariant(),
        (FieldKind.Presence, _) => value.ContainsAnyExcept((byte)0) ? "exists" : "missing",
        (FieldKind.Mark, 4) => $"0x{BitConverter.ToUInt32(value):x8}",
        (FieldKind.Number, 4) => BitConverter.ToUInt32(value).ToString(CultureInfo.InvariantCulture),
        (FieldKind.Number, 1) => value[0].ToString(CultureInfo.InvariantCulture),
        _ => "0x" + Convert.ToHexStringLower(value),
    };
}
