namespace LibNetwork.Linux.Nftables;

/// <summary>Something about a packet that a rule can load and then compare, look up or use: <c>iifname</c>, <c>ip daddr</c>, <c>ct mark</c>. Immutable.</summary>
public sealed class NftLoad
{
    private const int PortLength = 2;

    private readonly Func<int, IEnumerable<NftExpression>> _steps;

    private NftLoad(int length, Func<int, NftExpression> step)
        : this(length, register => [step(register)])
    {
    }

    private NftLoad(int length, Func<int, IEnumerable<NftExpression>> steps)
    {
        Length = length;
        _steps = steps;
    }

    /// <summary><c>iifname</c>: the interface that the packet came in by; 16 bytes.</summary>
    public static NftLoad IifName { get; } = Meta(NftMetaKey.IifName);

    /// <summary><c>oifname</c>: the interface that the packet leaves by; 16 bytes.</summary>
    public static NftLoad OifName { get; } = Meta(NftMetaKey.OifName);

    /// <summary><c>meta nfproto</c>: 2 for IPv4, 10 for IPv6; 1 byte.</summary>
    public static NftLoad NfProto { get; } = Meta(NftMetaKey.NfProto);

    /// <summary><c>meta l4proto</c>: the protocol above IP; 1 byte.</summary>
    public static NftLoad L4Proto { get; } = Meta(NftMetaKey.L4Proto);

    /// <summary><c>meta mark</c>; 4 bytes.</summary>
    public static NftLoad Mark { get; } = Meta(NftMetaKey.Mark);

    /// <summary><c>meta pkttype</c>; 1 byte.</summary>
    public static NftLoad PacketType { get; } = Meta(NftMetaKey.PacketType);

    /// <summary><c>ether saddr</c>; 6 bytes.</summary>
    public static NftLoad EtherSource { get; } = Payload(NftPayloadBase.Link, 6, 6);

    /// <summary><c>ether daddr</c>; 6 bytes.</summary>
    public static NftLoad EtherDestination { get; } = Payload(NftPayloadBase.Link, 0, 6);

    /// <summary><c>ether type</c>; 2 bytes.</summary>
    public static NftLoad EtherType { get; } = Payload(NftPayloadBase.Link, 12, 2);

    /// <summary><c>ip saddr</c>; 4 bytes. Only for IPv4 packets.</summary>
    public static NftLoad IPv4Source { get; } = Payload(NftPayloadBase.Network, 12, 4);

    /// <summary><c>ip daddr</c>; 4 bytes. Only for IPv4 packets.</summary>
    public static NftLoad IPv4Destination { get; } = Payload(NftPayloadBase.Network, 16, 4);

    /// <summary><c>ip protocol</c>; 1 byte. Only for IPv4 packets.</summary>
    public static NftLoad IPv4Protocol { get; } = Payload(NftPayloadBase.Network, 9, 1);

    /// <summary><c>ip6 saddr</c>; 16 bytes. Only for IPv6 packets.</summary>
    public static NftLoad IPv6Source { get; } = Payload(NftPayloadBase.Network, 8, 16);

    /// <summary><c>ip6 daddr</c>; 16 bytes. Only for IPv6 packets.</summary>
    public static NftLoad IPv6Destination { get; } = Payload(NftPayloadBase.Network, 24, 16);

    /// <summary><c>ip6 nexthdr</c>; 1 byte. Only for IPv6 packets.</summary>
    public static NftLoad IPv6NextHeader { get; } = Payload(NftPayloadBase.Network, 6, 1);

    /// <summary><c>th sport</c>: the source port of TCP, UDP and SCTP; 2 bytes.</summary>
    public static NftLoad SourcePort { get; } = Payload(NftPayloadBase.Transport, 0, PortLength);

    /// <summary><c>th dport</c>: the destination port of TCP, UDP and SCTP; 2 bytes.</summary>
    public static NftLoad DestinationPort { get; } = Payload(NftPayloadBase.Transport, PortLength, PortLength);

    /// <summary><c>ct mark</c>; 4 bytes.</summary>
    public static NftLoad CtMark { get; } = Ct(NftCtKey.Mark);

    /// <summary><c>ct state</c>; 4 bytes.</summary>
    public static NftLoad CtState { get; } = Ct(NftCtKey.State);

    /// <summary><c>ct status</c>; 4 bytes.</summary>
    public static NftLoad CtStatus { get; } = Ct(NftCtKey.Status);

    /// <summary><c>ct direction</c>; 1 byte.</summary>
    public static NftLoad CtDirection { get; } = Ct(NftCtKey.Direction);

    /// <summary>How many bytes are loaded.</summary>
    public int Length { get; }

    /// <summary>What the kernel knows about a packet beside its bytes.</summary>
    public static NftLoad Meta(NftMetaKey key)
    {
        int length = key switch
        {
            NftMetaKey.IifName or NftMetaKey.OifName or NftMetaKey.BridgeIifName or NftMetaKey.BridgeOifName => 16,
            NftMetaKey.NfProto or NftMetaKey.L4Proto or NftMetaKey.PacketType or NftMetaKey.NfTrace => 1,
            NftMetaKey.Protocol or NftMetaKey.IifType or NftMetaKey.OifType => 2,
            _ => 4,
        };
        return new NftLoad(length, register => new NftMetaExpression(key, register));
    }

    /// <summary>Bytes of the packet.</summary>
    /// <param name="from">Where the offset counts from.</param>
    /// <param name="offset">Bytes to skip; 0 to 255 is what every kernel takes.</param>
    /// <param name="length">Bytes to load, 1 to 16.</param>
    public static NftLoad Payload(NftPayloadBase from, int offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, byte.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, NftValue.MaxLength);
        return new NftLoad(length, register => new NftPayloadExpression(from, offset, length, register));
    }

    /// <summary>What connection tracking knows of the flow as a whole.</summary>
    public static NftLoad Ct(NftCtKey key)
    {
        int length = key switch { NftCtKey.Direction or NftCtKey.L3Protocol => 1, NftCtKey.Zone => 2, _ => 4 };
        return new NftLoad(length, register => new NftCtExpression(key, register));
    }

    /// <summary>What connection tracking knows of one direction of the flow: addresses, ports, protocol.</summary>
    public static NftLoad Ct(NftCtKey key, NftCtDirection direction)
    {
        int length = key switch
        {
            NftCtKey.SourceIPv6 or NftCtKey.DestinationIPv6 => 16,
            NftCtKey.SourcePort or NftCtKey.DestinationPort or NftCtKey.Zone => PortLength,
            NftCtKey.Protocol or NftCtKey.L3Protocol => 1,
            _ => 4,
        };
        return new NftLoad(length, register => new NftCtExpression(key, register, direction));
    }

    /// <summary>An answer of the routing table; 4 bytes, or 16 for a name.</summary>
    public static NftLoad Fib(NftFibResult result, NftFibFlags flags)
        => new(result == NftFibResult.OifName ? NftValue.MaxLength : sizeof(uint), register => new NftFibExpression(result, flags, register));

    /// <summary><c>numgen inc mod N</c>: the next of N numbers; 4 bytes in the machine's order.</summary>
    public static NftLoad NumgenIncremental(uint modulus, uint offset = 0) => Numgen(modulus, random: false, offset);

    /// <summary><c>numgen random mod N</c>: one of N numbers at random; 4 bytes in the machine's order.</summary>
    public static NftLoad NumgenRandom(uint modulus, uint offset = 0) => Numgen(modulus, random: true, offset);

    /// <summary><c>jhash FIELDS mod N</c>: one of N numbers, always the same for the same fields; 4 bytes in the machine's order.</summary>
    /// <param name="modulus">N, at least 1.</param>
    /// <param name="seed">What the hash starts from; <see langword="null"/> lets the kernel pick, anew for every rule.</param>
    /// <param name="fields">What is hashed.</param>
    public static NftLoad JHash(uint modulus, uint? seed, params ReadOnlySpan<NftLoad> fields)
    {
        ArgumentOutOfRangeException.ThrowIfZero(modulus);
        if (fields.Length == 0)
        {
            throw new ArgumentException("At least one field is needed.", nameof(fields));
        }

        NftLoad[] loads = fields.ToArray();
        int length = loads.Length == 1 ? loads[0].Length : 4 * loads.Sum(load => NftRegister.Words(load.Length));

        // The kernel has read all of the source before it writes the result, so the result may take its place.
        return new NftLoad(sizeof(uint), register =>
        [
            .. Concatenate(loads, register), new NftHashExpression(register, length, modulus, seed, Offset: 0, register),
        ]);
    }

    /// <summary>The steps that load this into <paramref name="register"/> and those behind it.</summary>
    internal IEnumerable<NftExpression> Steps(int register)
    {
        NftRegister.Check(register, Length);
        return _steps(register);
    }

    /// <summary>The steps that load fields side by side.</summary>
    internal static IEnumerable<NftExpression> Concatenate(IReadOnlyList<NftLoad> fields, int register)
    {
        List<NftExpression> steps = [];
        foreach (NftLoad field in fields)
        {
            steps.AddRange(field.Steps(register));
            register += NftRegister.Words(field.Length);
        }

        return steps;
    }

    private static NftLoad Numgen(uint modulus, bool random, uint offset)
    {
        ArgumentOutOfRangeException.ThrowIfZero(modulus);
        return new NftLoad(sizeof(uint), register => new NftNumgenExpression(modulus, random, offset, register));
    }
}
