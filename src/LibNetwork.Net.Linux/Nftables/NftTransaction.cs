using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Changes to the rule set of one namespace that happen together or not at all. Begun and committed by <see cref="NftSocket"/>.</summary>
/// <remarks>
/// Methods only write the change down, in order; the kernel judges it in <see cref="NftSocket.Commit"/>. A name that is empty, longer
/// than 255 bytes, or has a zero byte is an <see cref="ArgumentException"/> at once. Not thread safe. Adding or deleting an element
/// allocates nothing.
/// </remarks>
public sealed partial class NftTransaction
{
    private const int RuleRoom = 16 * 1024;

    private readonly NetlinkBatch _batch;
    private readonly Func<bool> _kernelCanDestroyElements;
    private uint _nextSetId;

    internal NftTransaction(NetlinkBatch batch, Func<bool> kernelCanDestroyElements)
    {
        _batch = batch;
        _kernelCanDestroyElements = kernelCanDestroyElements;
    }

    /// <summary>How many changes are written down.</summary>
    public int Count => IsOpen ? _batch.Count - 1 : 0;

    internal bool IsOpen { get; private set; }

    internal NetlinkBatch Batch => _batch;

    /// <summary>Adds a table; one that exists stays as it is.</summary>
    public void AddTable(NftFamily family, string table) => AddTable(family, table, comment: null);

    /// <summary>Adds a table with a remark of at most 127 bytes; one that exists stays as it is.</summary>
    public void AddTable(NftFamily family, string table, string? comment) => WriteTable(NetlinkFlags.Create, "add table", family, table, comment);

    /// <summary>Adds a table with a remark of at most 127 bytes; none of its name may exist.</summary>
    public void CreateTable(NftFamily family, string table, string? comment)
        => WriteTable(NetlinkFlags.Create | NetlinkFlags.Exclusive, "create table", family, table, comment);

    /// <summary>Deletes a table with all that is in it; it must exist.</summary>
    public void DeleteTable(NftFamily family, string table)
    {
        NetlinkMessageWriter writer = Begin(NFT_MSG_DELTABLE, NetlinkFlags.None, family, "delete table", table, table);
        writer.WriteString(NFTA_TABLE_NAME, table);
        _batch.End(ref writer);
    }

    /// <summary>Deletes a table with all that is in it, if it exists.</summary>
    public void DestroyTable(NftFamily family, string table)
    {
        // Kernels before 6.3 know no other way: what was added for sure can be deleted for sure.
        AddTable(family, table);
        DeleteTable(family, table);
    }

    /// <summary>Adds a chain to jump to; one that exists stays as it is.</summary>
    public void AddChain(NftFamily family, string table, string chain)
    {
        NetlinkMessageWriter writer = BeginChain(NFT_MSG_NEWCHAIN, NetlinkFlags.Create, family, "add chain", table, chain);
        _batch.End(ref writer);
    }

    /// <summary>Adds a chain that packets pass; one that exists with the same hook, type and priority takes the policy.</summary>
    /// <param name="family">The table's family.</param>
    /// <param name="table">The table.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="hook">Where it sits on the packets' way.</param>
    /// <param name="type">What it is for.</param>
    /// <param name="priority">Chains at one hook run from the lowest to the highest; see <see cref="NftPriority"/>.</param>
    /// <param name="policy">What it does with packets that reach its end; a NAT chain may only accept.</param>
    public void AddBaseChain(
        NftFamily family, string table, string chain, NftHook hook, NftChainType type, int priority, NftPolicy policy = NftPolicy.Accept)
    {
        NetlinkMessageWriter writer = BeginChain(NFT_MSG_NEWCHAIN, NetlinkFlags.Create, family, "add chain", table, chain);
        writer.WriteString(NFTA_CHAIN_TYPE, NameOf(type));
        writer.WriteAttributeBigEndian(NFTA_CHAIN_POLICY, (uint)policy);
        NestedStart nested = writer.BeginNested(NFTA_CHAIN_HOOK);
        writer.WriteAttributeBigEndian(NFTA_HOOK_HOOKNUM, NumberOf(family, hook));
        writer.WriteAttributeBigEndian(NFTA_HOOK_PRIORITY, (uint)priority);
        writer.EndNested(nested);
        _batch.End(ref writer);
    }

    /// <summary>Deletes a chain's rules; it must exist.</summary>
    public void FlushChain(NftFamily family, string table, string chain)
    {
        NetlinkMessageWriter writer = BeginRule(NFT_MSG_DELRULE, NetlinkFlags.None, family, "flush chain", table, chain);
        _batch.End(ref writer);
    }

    /// <summary>Deletes a chain; it must exist, and no rule or element of another chain may jump to it.</summary>
    public void DeleteChain(NftFamily family, string table, string chain)
    {
        NetlinkMessageWriter writer = BeginChain(NFT_MSG_DELCHAIN, NetlinkFlags.None, family, "delete chain", table, chain);
        _batch.End(ref writer);
    }

    /// <summary>Appends a rule to a chain.</summary>
    /// <exception cref="InvalidOperationException">The rule has an expression that cannot be written, or is too long.</exception>
    public void AddRule(NftFamily family, string table, string chain, NftRule rule)
        => WriteRule(NetlinkFlags.Create | NetlinkFlags.Append, family, "add rule", table, chain, rule);

    /// <summary>Puts a rule before all others of a chain.</summary>
    /// <exception cref="InvalidOperationException">The rule has an expression that cannot be written, or is too long.</exception>
    public void InsertRule(NftFamily family, string table, string chain, NftRule rule)
        => WriteRule(NetlinkFlags.Create, family, "insert rule", table, chain, rule);

    /// <summary>Deletes the rule that <see cref="NftSocket.ReadRuleset"/> reported with this handle; it must exist.</summary>
    public void DeleteRule(NftFamily family, string table, string chain, ulong handle)
    {
        NetlinkMessageWriter writer = BeginRule(NFT_MSG_DELRULE, NetlinkFlags.None, family, "delete rule", table, chain);
        writer.WriteAttributeBigEndian(NFTA_RULE_HANDLE, handle);
        _batch.End(ref writer);
    }

    internal static string NameOf(NftChainType type) => type switch
    {
        NftChainType.Nat => "nat",
        NftChainType.Route => "route",
        _ => "filter",
    };

    internal static uint NumberOf(NftFamily family, NftHook hook)
    {
        if (family != NftFamily.Arp)
        {
            return (uint)hook;
        }

        return hook switch
        {
            NftHook.Input => 0,
            NftHook.Output => 1,
            NftHook.Forward => 2,
            _ => throw new ArgumentException($"ARP packets have no hook {hook}.", nameof(hook)),
        };
    }

    /// <summary>Starts afresh.</summary>
    internal void Open()
    {
        _batch.Clear();
        _nextSetId = 0;
        WriteMarker(NFNL_MSG_BATCH_BEGIN);
        IsOpen = true;
    }

    /// <summary>Ends what <see cref="Open"/> started, ready to be sent.</summary>
    internal void Close()
    {
        WriteMarker(NFNL_MSG_BATCH_END);
        IsOpen = false;
    }

    private void WriteMarker(ushort type)
    {
        NetlinkMessageWriter writer = _batch.Begin(type, NetlinkFlags.None, "commit rule set", string.Empty);
        FillHeader(writer.WriteFamilyHeader(NfGenMessageSize), family: 0, NFNL_SUBSYS_NFTABLES);
        _batch.End(ref writer);
    }

    private void WriteTable(NetlinkFlags flags, string operation, NftFamily family, string table, string? comment)
    {
        NftName.CheckComment(comment, nameof(comment));
        NetlinkMessageWriter writer = Begin(NFT_MSG_NEWTABLE, flags, family, operation, table, table);
        writer.WriteString(NFTA_TABLE_NAME, table);
        NftWire.WriteComment(ref writer, NFTA_TABLE_USERDATA, NFTNL_UDATA_COMMENT, comment);
        _batch.End(ref writer);
    }

    private void WriteRule(NetlinkFlags flags, NftFamily family, string operation, string table, string chain, NftRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        NetlinkMessageWriter writer = BeginRule(NFT_MSG_NEWRULE, flags, family, operation, table, chain);
        NestedStart expressions = writer.BeginNested(NFTA_RULE_EXPRESSIONS);
        foreach (NftExpression expression in rule.Expressions)
        {
            expression.Write(ref writer);
        }

        writer.EndNested(expressions);
        NftWire.WriteComment(ref writer, NFTA_RULE_USERDATA, NFTNL_UDATA_COMMENT, rule.Comment);
        _batch.End(ref writer);
    }

    private NetlinkMessageWriter BeginChain(
        ushort message, NetlinkFlags flags, NftFamily family, string operation, string table, string chain)
    {
        NftName.Check(chain, nameof(chain));
        NetlinkMessageWriter writer = Begin(message, flags, family, operation, table, chain);
        writer.WriteString(NFTA_CHAIN_TABLE, table);
        writer.WriteString(NFTA_CHAIN_NAME, chain);
        return writer;
    }

    private NetlinkMessageWriter BeginRule(
        ushort message, NetlinkFlags flags, NftFamily family, string operation, string table, string chain)
    {
        NftName.Check(chain, nameof(chain));
        NetlinkMessageWriter writer = Begin(message, flags, family, operation, table, chain);
        writer.WriteString(NFTA_RULE_TABLE, table);
        writer.WriteString(NFTA_RULE_CHAIN, chain);
        return writer;
    }

    private NetlinkMessageWriter Begin(
        ushort message, NetlinkFlags flags, NftFamily family, string operation, string table, string subject, object? detail = null)
    {
        NftName.Check(table, nameof(table));
        if (!IsOpen)
        {
            throw new InvalidOperationException("The transaction is over; begin a new one.");
        }

        NetlinkMessageWriter writer = _batch.BeginAbout(
            (ushort)((NFNL_SUBSYS_NFTABLES << 8) | message), flags, operation, subject, link: 0, room: RuleRoom, detail: detail);
        FillHeader(writer.WriteFamilyHeader(NfGenMessageSize), family, 0);
        return writer;
    }

    private static void FillHeader(Span<byte> header, NftFamily family, ushort resource)
    {
        header[0] = (byte)family;
        header[2] = (byte)(resource >> 8);
        header[3] = (byte)resource;
    }
}
