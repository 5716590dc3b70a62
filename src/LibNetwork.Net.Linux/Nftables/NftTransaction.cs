using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Changes to a namespace's rule set that happen all or not at all; see <see cref="NftSocket.Begin"/>.</summary>
public sealed class NftTransaction
{
    private readonly NetlinkBatch _batch;
    private uint _setId;

    internal NftTransaction(NetlinkBatch batch) => _batch = batch;

    /// <summary>Makes a table; one that is there stays as it is.</summary>
    public void AddTable(NftFamily family, string table)
    {
        NetlinkMessageWriter writer = Begin(NFT_MSG_NEWTABLE, NetlinkFlags.Create, family, "add table", table);
        writer.WriteString(NFTA_TABLE_NAME, table);
        _batch.End(ref writer);
    }

    /// <summary>Deletes a table with all that is in it; it must be there.</summary>
    public void DeleteTable(NftFamily family, string table)
    {
        NetlinkMessageWriter writer = Begin(NFT_MSG_DELTABLE, NetlinkFlags.None, family, "delete table", table);
        writer.WriteString(NFTA_TABLE_NAME, table);
        _batch.End(ref writer);
    }

    /// <summary>Deletes a table with all that is in it, if it is there.</summary>
    public void DestroyTable(NftFamily family, string table)
    {
        AddTable(family, table);   // kernels before 6.3 have no "destroy"; adding first makes deleting safe
        DeleteTable(family, table);
    }

    /// <summary>Makes a chain that others jump to.</summary>
    public void AddChain(NftFamily family, string table, string chain)
    {
        NetlinkMessageWriter writer = BeginChain(family, table, chain);
        _batch.End(ref writer);
    }

    /// <summary>Makes a chain that the kernel calls.</summary>
    /// <param name="family">The family.</param>
    /// <param name="table">The table.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="hook">When it is called.</param>
    /// <param name="type">What it may do.</param>
    /// <param name="priority">Its place among the chains of the hook: the lowest first.</param>
    /// <param name="policy">What happens to packets that no rule decides on.</param>
    public void AddBaseChain(
        NftFamily family, string table, string chain, NftHook hook, NftChainType type, int priority, NftPolicy policy = NftPolicy.Accept)
    {
        NetlinkMessageWriter writer = BeginChain(family, table, chain);
        NestedStart nested = writer.BeginNested(NFTA_CHAIN_HOOK);
        writer.WriteAttributeBigEndian(NFTA_HOOK_HOOKNUM, (uint)hook);
        writer.WriteAttributeBigEndian(NFTA_HOOK_PRIORITY, unchecked((uint)priority));
        writer.EndNested(nested);
        writer.WriteAttributeBigEndian(NFTA_CHAIN_POLICY, (uint)policy);
        writer.WriteString(NFTA_CHAIN_TYPE, type switch { NftChainType.Nat => "nat", NftChainType.Route => "route", _ => "filter" });
        _batch.End(ref writer);
    }

    /// <summary>Makes a set or map.</summary>
    public void AddSet(NftFamily family, string table, NftSetSpec set)
    {
        ArgumentNullException.ThrowIfNull(set);
        NftName.Check(set.Name, nameof(set));
        NetlinkMessageWriter writer = Begin(NFT_MSG_NEWSET, NetlinkFlags.Create, family, "add set", set.Name);
        writer.WriteString(NFTA_SET_TABLE, table);
        writer.WriteString(NFTA_SET_NAME, set.Name);
        bool isMap = set.IsVerdictMap || set.Data.Count > 0;
        uint flags = (isMap ? NFT_SET_MAP : 0) | (set.Interval ? NFT_SET_INTERVAL : 0) | (set.Timeout ? NFT_SET_TIMEOUT : 0);
        writer.WriteAttributeBigEndian(NFTA_SET_FLAGS, flags);
        writer.WriteAttributeBigEndian(NFTA_SET_KEY_TYPE, NftDataType.Combine(set.Key));
        writer.WriteAttributeBigEndian(NFTA_SET_KEY_LEN, (uint)NftDataType.TotalSize(set.Key));
        if (set.IsVerdictMap)
        {
            writer.WriteAttributeBigEndian(NFTA_SET_DATA_TYPE, NFT_DATA_VERDICT);
        }
        else if (isMap)
        {
            writer.WriteAttributeBigEndian(NFTA_SET_DATA_TYPE, NftDataType.Combine(set.Data));
            writer.WriteAttributeBigEndian(NFTA_SET_DATA_LEN, (uint)NftDataType.TotalSize(set.Data));
        }

        writer.WriteAttributeBigEndian(NFTA_SET_ID, ++_setId);
        if (set.DefaultTimeout is { } timeout)
        {
            writer.WriteAttributeBigEndian(NFTA_SET_TIMEOUT, (ulong)timeout.TotalMilliseconds);
        }

        WriteByteOrders(ref writer, set);
        _batch.End(ref writer);
    }

    /// <summary>Adds an element; one that is there already, with the same data, stays.</summary>
    public void AddElement(NftFamily family, string table, string set, NftElement element)
        => WriteElement(NFT_MSG_NEWSETELEM, NetlinkFlags.Create, "add element", family, table, set, element);

    /// <summary>Deletes an element; it must be there.</summary>
    public void DeleteElement(NftFamily family, string table, string set, NftElement element)
        => WriteElement(NFT_MSG_DELSETELEM, NetlinkFlags.None, "delete element", family, table, set, element);

    /// <summary>Deletes an element, if it is there.</summary>
    public void DestroyElement(NftFamily family, string table, string set, NftElement element)
    {
        AddElement(family, table, set, element);   // as with tables: there is no "destroy" before 6.3
        DeleteElement(family, table, set, element);
    }

    /// <summary>Adds a rule at the end of a chain.</summary>
    public void AddRule(NftFamily family, string table, string chain, NftRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        NetlinkMessageWriter writer = Begin(NFT_MSG_NEWRULE, NetlinkFlags.Create | NetlinkFlags.Append, family, "add rule", chain);
        writer.WriteString(NFTA_RULE_TABLE, table);
        writer.WriteString(NFTA_RULE_CHAIN, chain);
        rule.Write(ref writer);
        _batch.End(ref writer);
    }

    internal void Start()
    {
        NetlinkMessageWriter writer = _batch.Begin(NFNL_MSG_BATCH_BEGIN, NetlinkFlags.None, "begin nftables transaction", string.Empty);
        BinaryPrimitives.WriteUInt16BigEndian(writer.WriteFamilyHeader(NfGenMessageSize)[2..], NFNL_SUBSYS_NFTABLES);
        _batch.End(ref writer);
    }

    internal void Finish()
    {
        NetlinkMessageWriter writer = _batch.Begin(NFNL_MSG_BATCH_END, NetlinkFlags.None, "commit nftables transaction", string.Empty);
        BinaryPrimitives.WriteUInt16BigEndian(writer.WriteFamilyHeader(NfGenMessageSize)[2..], NFNL_SUBSYS_NFTABLES);
        _batch.End(ref writer);
    }

    private static void WriteByteOrders(ref NetlinkMessageWriter writer, NftSetSpec set)
    {
        // The nft program prints keys and data right only when it knows in which order their bytes lie.
        Span<byte> data = stackalloc byte[12];
        int length = 0;
        if (set.Key.Count == 1)
        {
            length = WriteByteOrder(data, NFTNL_UDATA_SET_KEYBYTEORDER, set.Key[0].ByteOrder);
        }

        if (set.Data.Count == 1)
        {
            length += WriteByteOrder(data[length..], NFTNL_UDATA_SET_DATABYTEORDER, set.Data[0].ByteOrder);
        }

        if (length > 0)
        {
            writer.WriteAttribute(NFTA_SET_USERDATA, data[..length]);
        }
    }

    private static int WriteByteOrder(Span<byte> destination, byte tag, NftByteOrder order)
    {
        destination[0] = tag;
        destination[1] = sizeof(uint);
        MemoryMarshal.Write(destination[2..], (uint)order);
        return 2 + sizeof(uint);
    }

    private static void WriteFields(ref NetlinkMessageWriter writer, ushort attribute, ReadOnlySpan<NftValue> fields)
    {
        const int MaxFields = 5;
        Span<byte> bytes = stackalloc byte[MaxFields * NftValue.MaxLength];
        bytes.Clear();
        int length = 0;
        foreach (NftValue field in fields)
        {
            int size = field.CopyTo(bytes[length..]);
            length += fields.Length == 1 ? size : field.PaddedLength;
        }

        NestedStart nested = writer.BeginNested(attribute);
        writer.WriteAttribute(NFTA_DATA_VALUE, bytes[..length]);
        writer.EndNested(nested);
    }

    private NetlinkMessageWriter BeginChain(NftFamily family, string table, string chain)
    {
        NftName.Check(chain, nameof(chain));
        NetlinkMessageWriter writer = Begin(NFT_MSG_NEWCHAIN, NetlinkFlags.Create, family, "add chain", chain);
        writer.WriteString(NFTA_CHAIN_TABLE, table);
        writer.WriteString(NFTA_CHAIN_NAME, chain);
        return writer;
    }

    private void WriteElement(
        ushort message, NetlinkFlags flags, string operation, NftFamily family, string table, string set, NftElement element)
    {
        ArgumentNullException.ThrowIfNull(element);
        NetlinkMessageWriter writer = Begin(message, flags, family, operation, set);
        writer.WriteString(NFTA_SET_ELEM_LIST_TABLE, table);
        writer.WriteString(NFTA_SET_ELEM_LIST_SET, set);
        NestedStart list = writer.BeginNested(NFTA_SET_ELEM_LIST_ELEMENTS);
        NestedStart item = writer.BeginNested(NFTA_LIST_ELEM);
        WriteFields(ref writer, NFTA_SET_ELEM_KEY, element.Key);
        if (element.Verdict is { } verdict)
        {
            NftRule.WriteVerdict(ref writer, NFTA_SET_ELEM_DATA, verdict);
        }
        else if (element.Data.Length > 0)
        {
            WriteFields(ref writer, NFTA_SET_ELEM_DATA, element.Data);
        }

        if (element.Timeout is { } timeout)
        {
            writer.WriteAttributeBigEndian(NFTA_SET_ELEM_TIMEOUT, (ulong)timeout.TotalMilliseconds);
        }

        writer.EndNested(item);
        writer.EndNested(list);
        _batch.End(ref writer);
    }

    private NetlinkMessageWriter Begin(ushort message, NetlinkFlags flags, NftFamily family, string operation, string subject)
    {
        NetlinkMessageWriter writer = _batch.Begin((ushort)((NFNL_SUBSYS_NFTABLES << 8) | message), flags, operation, subject);
        writer.WriteFamilyHeader(NfGenMessageSize)[0] = (byte)family;
        return writer;
    }
}
