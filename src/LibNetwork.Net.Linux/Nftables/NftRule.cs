using System.Text;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>A rule: expressions that load facts into registers, compare them, and say what happens. Each method adds one and returns the rule.</summary>
/// <remarks>
/// There are 16 registers of 4 bytes, numbered from 0; a longer value takes several, and the fields of a concatenation lie behind each
/// other. A comparison that fails ends the rule.
/// </remarks>
public sealed class NftRule
{
    private readonly List<(string Name, ExpressionWriter Write)> _expressions = [];

    private delegate void ExpressionWriter(ref NetlinkMessageWriter writer);

    /// <summary>A remark that <c>nft list</c> shows.</summary>
    public string? Comment { get; init; }

    /// <summary>Loads a fact about the packet.</summary>
    public NftRule Load(NftMeta key, int register = 0) => Add("meta", (ref NetlinkMessageWriter writer) =>
    {
        writer.WriteAttributeBigEndian(NFTA_META_KEY, (uint)key);
        writer.WriteAttributeBigEndian(NFTA_META_DREG, Register(register));
    });

    /// <summary>Loads bytes of the packet.</summary>
    public NftRule LoadPayload(NftPayload from, int offset, int length, int register = 0) => Add("payload", (ref NetlinkMessageWriter writer) =>
    {
        writer.WriteAttributeBigEndian(NFTA_PAYLOAD_DREG, Register(register));
        writer.WriteAttributeBigEndian(NFTA_PAYLOAD_BASE, (uint)from);
        writer.WriteAttributeBigEndian(NFTA_PAYLOAD_OFFSET, (uint)offset);
        writer.WriteAttributeBigEndian(NFTA_PAYLOAD_LEN, (uint)length);
    });

    /// <summary>Goes on only for packets of connections in one of these states.</summary>
    /// <param name="states">A bit mask: 2 established, 4 related, 8 new.</param>
    public NftRule WhereConnectionState(uint states)
    {
        const uint StateKey = 0;   // NFT_CT_STATE
        Add("ct", static (ref NetlinkMessageWriter writer) =>
        {
            writer.WriteAttributeBigEndian(NFTA_CT_KEY, StateKey);
            writer.WriteAttributeBigEndian(NFTA_CT_DREG, Register(0));
        });
        Add("bitwise", (ref NetlinkMessageWriter writer) =>
        {
            writer.WriteAttributeBigEndian(NFTA_BITWISE_SREG, Register(0));
            writer.WriteAttributeBigEndian(NFTA_BITWISE_DREG, Register(0));
            writer.WriteAttributeBigEndian(NFTA_BITWISE_LEN, (uint)sizeof(uint));
            WriteData(ref writer, NFTA_BITWISE_MASK, NftValue.Number(states));
            WriteData(ref writer, NFTA_BITWISE_XOR, NftValue.Number(0));
        });
        return WhereNot(NftValue.Number(0));
    }

    /// <summary>Loads what kind of address the destination is, as seen from the interface that the packet came in by: 1 unicast, 2 local.</summary>
    public NftRule LoadDestinationTypeOnInput() => Add("fib", static (ref NetlinkMessageWriter writer) =>
    {
        const uint DestinationAndInput = 2 | 8;   // NFTA_FIB_F_DADDR | NFTA_FIB_F_IIF
        const uint AddressType = 3;   // NFT_FIB_RESULT_ADDRTYPE
        writer.WriteAttributeBigEndian(NFTA_FIB_FLAGS, DestinationAndInput);
        writer.WriteAttributeBigEndian(NFTA_FIB_RESULT, AddressType);
        writer.WriteAttributeBigEndian(NFTA_FIB_DREG, Register(0));
    });

    /// <summary>Goes on only when the register holds the value.</summary>
    public NftRule Where(NftValue value, int register = 0) => Compare(value, register, equal: true);

    /// <summary>Goes on only when the register holds something else.</summary>
    public NftRule WhereNot(NftValue value, int register = 0) => Compare(value, register, equal: false);

    /// <summary>Goes on only when what the registers hold is in a set.</summary>
    public NftRule WhereIn(string set, int register = 0) => Lookup(set, register, inverted: false);

    /// <summary>Goes on only when what the registers hold is not in a set.</summary>
    public NftRule WhereNotIn(string set, int register = 0) => Lookup(set, register, inverted: true);

    /// <summary>Does what a verdict map says about what the registers hold.</summary>
    public NftRule Decide(string verdictMap, int register = 0) => Add("lookup", (ref NetlinkMessageWriter writer) =>
    {
        writer.WriteString(NFTA_LOOKUP_SET, verdictMap);
        writer.WriteAttributeBigEndian(NFTA_LOOKUP_SREG, Register(register));
        writer.WriteAttributeBigEndian(NFTA_LOOKUP_DREG, NFT_REG_VERDICT);
    });

    /// <summary>Replaces what a register holds by what a map says about it; ends the rule when it says nothing.</summary>
    public NftRule Translate(string map, int register, int into) => Add("lookup", (ref NetlinkMessageWriter writer) =>
    {
        writer.WriteString(NFTA_LOOKUP_SET, map);
        writer.WriteAttributeBigEndian(NFTA_LOOKUP_SREG, Register(register));
        writer.WriteAttributeBigEndian(NFTA_LOOKUP_DREG, Register(into));
    });

    /// <summary>Gives what leaves the address of the interface that it leaves by.</summary>
    public NftRule Masquerade() => Add("masq", static (ref NetlinkMessageWriter _) => { });

    /// <summary>Gives what leaves the source address in a register.</summary>
    /// <param name="family">The address's family; <see cref="NftFamily.IPv4"/> or <see cref="NftFamily.IPv6"/>.</param>
    /// <param name="register">The register.</param>
    public NftRule SourceNat(NftFamily family, int register) => Add("nat", (ref NetlinkMessageWriter writer) =>
    {
        writer.WriteAttributeBigEndian(NFTA_NAT_TYPE, NFT_NAT_SNAT);
        writer.WriteAttributeBigEndian(NFTA_NAT_FAMILY, (uint)family);
        writer.WriteAttributeBigEndian(NFTA_NAT_REG_ADDR_MIN, Register(register));
    });

    /// <summary>Counts packets and bytes.</summary>
    public NftRule Count() => Add("counter", static (ref NetlinkMessageWriter _) => { });

    /// <summary>Says what happens to the packet.</summary>
    public NftRule Then(NftVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return Add("immediate", (ref NetlinkMessageWriter writer) =>
        {
            writer.WriteAttributeBigEndian(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
            WriteVerdict(ref writer, NFTA_IMMEDIATE_DATA, verdict);
        });
    }

    internal static void WriteData(ref NetlinkMessageWriter writer, ushort attribute, NftValue value)
    {
        Span<byte> bytes = stackalloc byte[NftValue.MaxLength];
        NestedStart data = writer.BeginNested(attribute);
        writer.WriteAttribute(NFTA_DATA_VALUE, bytes[..value.CopyTo(bytes)]);
        writer.EndNested(data);
    }

    internal static void WriteVerdict(ref NetlinkMessageWriter writer, ushort attribute, NftVerdict verdict)
    {
        NestedStart data = writer.BeginNested(attribute);
        NestedStart nested = writer.BeginNested(NFTA_DATA_VERDICT);
        writer.WriteAttributeBigEndian(NFTA_VERDICT_CODE, unchecked((uint)(int)verdict.Kind));
        if (verdict.Chain is not null)
        {
            writer.WriteString(NFTA_VERDICT_CHAIN, verdict.Chain);
        }

        writer.EndNested(nested);
        writer.EndNested(data);
    }

    internal void Write(ref NetlinkMessageWriter writer)
    {
        NestedStart list = writer.BeginNested(NFTA_RULE_EXPRESSIONS);
        foreach ((string name, ExpressionWriter write) in _expressions)
        {
            NestedStart element = writer.BeginNested(NFTA_LIST_ELEM);
            writer.WriteString(NFTA_EXPR_NAME, name);
            NestedStart data = writer.BeginNested(NFTA_EXPR_DATA);
            write(ref writer);
            writer.EndNested(data);
            writer.EndNested(element);
        }

        writer.EndNested(list);
        if (Comment is not null)
        {
            WriteComment(ref writer, NFTA_RULE_USERDATA, NFTNL_UDATA_COMMENT, Comment);
        }
    }

    internal static void WriteComment(ref NetlinkMessageWriter writer, ushort attribute, byte tag, string comment)
    {
        NftName.CheckComment(comment, nameof(comment));
        Span<byte> data = stackalloc byte[2 + NFTNL_UDATA_COMMENT_MAXLEN];
        int length = Encoding.UTF8.GetBytes(comment, data[2..]) + 1;   // with the closing zero
        data[0] = tag;
        data[1] = (byte)length;
        data[2 + length - 1] = 0;
        writer.WriteAttribute(attribute, data[..(2 + length)]);
    }

    private static uint Register(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, NFT_REG32_COUNT);
        return NFT_REG32_00 + (uint)number;
    }

    private NftRule Compare(NftValue value, int register, bool equal) => Add("cmp", (ref NetlinkMessageWriter writer) =>
    {
        writer.WriteAttributeBigEndian(NFTA_CMP_SREG, Register(register));
        writer.WriteAttributeBigEndian(NFTA_CMP_OP, equal ? 0u : 1u);   // NFT_CMP_EQ, NFT_CMP_NEQ
        WriteData(ref writer, NFTA_CMP_DATA, value);
    });

    private NftRule Lookup(string set, int register, bool inverted)
    {
        NftName.Check(set, nameof(set));
        return Add("lookup", (ref NetlinkMessageWriter writer) =>
        {
            writer.WriteString(NFTA_LOOKUP_SET, set);
            writer.WriteAttributeBigEndian(NFTA_LOOKUP_SREG, Register(register));
            if (inverted)
            {
                writer.WriteAttributeBigEndian(NFTA_LOOKUP_FLAGS, NFT_LOOKUP_F_INV);
            }
        });
    }

    private NftRule Add(string name, ExpressionWriter write)
    {
        _expressions.Add((name, write));
        return this;
    }
}
