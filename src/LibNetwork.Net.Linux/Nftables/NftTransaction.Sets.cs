using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <content>Sets, maps and their elements.</content>
public sealed partial class NftTransaction
{
    private const int MaxUserData = 256;   // NFT_USERDATA_MAXLEN

    /// <summary>Adds a set or map; one that exists with the same types stays as it is.</summary>
    /// <exception cref="ArgumentException">The specification is incomplete or contradicts itself.</exception>
    public void AddSet(NftFamily family, string table, NftSetSpec set)
    {
        CheckSet(set);
        NetlinkMessageWriter writer = BeginSet(NFT_MSG_NEWSET, NetlinkFlags.Create, family, "add set", table, set.Name);
        writer.WriteAttributeBigEndian(NFTA_SET_FLAGS, FlagsOf(set));
        writer.WriteAttributeBigEndian(NFTA_SET_KEY_TYPE, NftDataType.Combine(set.Key));
        writer.WriteAttributeBigEndian(NFTA_SET_KEY_LEN, (uint)NftDataType.TotalSize(set.Key));
        if (set.IsVerdictMap)
        {
            writer.WriteAttributeBigEndian(NFTA_SET_DATA_TYPE, NFT_DATA_VERDICT);
            writer.WriteAttributeBigEndian(NFTA_SET_DATA_LEN, 0u);   // the kernel knows how long a verdict is
        }
        else if (set.Data.Count > 0)
        {
            writer.WriteAttributeBigEndian(NFTA_SET_DATA_TYPE, NftDataType.Combine(set.Data));
            writer.WriteAttributeBigEndian(NFTA_SET_DATA_LEN, (uint)NftDataType.TotalSize(set.Data));
        }

        writer.WriteAttributeBigEndian(NFTA_SET_ID, ++_nextSetId);
        if (set.Interval && set.Key.Count > 1)
        {
            WriteFieldLengths(ref writer, set.Key);
        }

        if (set.DefaultTimeout is { } timeout)
        {
            writer.WriteAttributeBigEndian(NFTA_SET_TIMEOUT, (ulong)timeout.TotalMilliseconds);
        }

        WriteSetUserData(ref writer, set);
        _batch.End(ref writer);
    }

    /// <summary>Deletes a set or map with its elements; it must exist and no rule may use it.</summary>
    public void DeleteSet(NftFamily family, string table, string set)
    {
        NetlinkMessageWriter writer = BeginSet(NFT_MSG_DELSET, NetlinkFlags.None, family, "delete set", table, set);
        _batch.End(ref writer);
    }

    /// <summary>Deletes a set's or map's elements; it must exist.</summary>
    public void FlushSet(NftFamily family, string table, string set)
    {
        NetlinkMessageWriter writer = BeginElements(NFT_MSG_DELSETELEM, NetlinkFlags.None, family, "flush set", table, set);
        _batch.End(ref writer);
    }

    /// <summary>Adds an element; one that exists with the same data stays as it is, one with other data is an error (EBUSY or EEXIST).</summary>
    public void AddElement(NftFamily family, string table, string set, NftElement element)
        => WriteElement(NFT_MSG_NEWSETELEM, NetlinkFlags.Create, family, "add element", table, set, element);

    /// <summary>Deletes an element by its key; it must exist.</summary>
    public void DeleteElement(NftFamily family, string table, string set, NftElement element)
        => WriteElement(NFT_MSG_DELSETELEM, NetlinkFlags.None, family, "delete element", table, set, element);

    /// <summary>Deletes an element by its key, if it exists.</summary>
    /// <remarks>
    /// Kernels before 6.3 have no such request: there the element is added and deleted in the same batch, so that an element of a map
    /// must carry the data that the map has for it.
    /// </remarks>
    public void DestroyElement(NftFamily family, string table, string set, NftElement element)
    {
        if (_kernelCanDestroyElements())
        {
            WriteElement(NFT_MSG_DESTROYSETELEM, NetlinkFlags.None, family, "destroy element", table, set, element);
            return;
        }

        AddElement(family, table, set, element);
        DeleteElement(family, table, set, element);
    }

    private void WriteElement(
        ushort message, NetlinkFlags flags, NftFamily family, string operation, string table, string set, NftElement element)
    {
        ArgumentNullException.ThrowIfNull(element);
        NetlinkMessageWriter writer = BeginElements(message, flags, family, operation, table, set, element);
        WriteElement(ref writer, element, withData: message == NFT_MSG_NEWSETELEM);
        _batch.End(ref writer);
    }

    private static void WriteElement(ref NetlinkMessageWriter writer, NftElement element, bool withData)
    {
        NestedStart list = writer.BeginNested(NFTA_SET_ELEM_LIST_ELEMENTS);
        NestedStart item = writer.BeginNested(NFTA_LIST_ELEM);
        NftWire.WriteFields(ref writer, NFTA_SET_ELEM_KEY, element.Key);
        if (element.Key.Length > 1 && element.End.Length > 0)
        {
            NftWire.WriteFields(ref writer, NFTA_SET_ELEM_KEY_END, element.End);
        }

        if (withData)
        {
            WriteData(ref writer, element);
        }

        writer.EndNested(item);
        if (element.Key.Length == 1 && element.End.Length == 1 && element.End[0].Next() is { } behind)
        {
            // A plain interval set holds the borders: here the first value that no longer belongs. A range up to the last value has none.
            NestedStart end = writer.BeginNested(NFTA_LIST_ELEM);
            writer.WriteAttributeBigEndian(NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
            NftWire.WriteFields(ref writer, NFTA_SET_ELEM_KEY, new ReadOnlySpan<NftValue>(in behind));
            writer.EndNested(end);
        }

        writer.EndNested(list);
    }

    private static void WriteData(ref NetlinkMessageWriter writer, NftElement element)
    {
        if (element.Verdict is { } verdict)
        {
            NftWire.WriteVerdict(ref writer, NFTA_SET_ELEM_DATA, verdict);
        }
        else if (element.Data.Length > 0)
        {
            NftWire.WriteFields(ref writer, NFTA_SET_ELEM_DATA, element.Data);
        }

        if (element.Timeout is { } timeout)
        {
            writer.WriteAttributeBigEndian(NFTA_SET_ELEM_TIMEOUT, (ulong)timeout.TotalMilliseconds);
        }

        NftWire.WriteComment(ref writer, NFTA_SET_ELEM_USERDATA, NFTNL_UDATA_COMMENT, element.Comment);
    }

    private static void WriteFieldLengths(ref NetlinkMessageWriter writer, IReadOnlyList<NftDataType> fields)
    {
        NestedStart description = writer.BeginNested(NFTA_SET_DESC);
        NestedStart concatenation = writer.BeginNested(NFTA_SET_DESC_CONCAT);
        for (int i = 0; i < fields.Count; i++)
        {
            NestedStart field = writer.BeginNested(NFTA_LIST_ELEM);
            writer.WriteAttributeBigEndian(NFTA_SET_FIELD_LEN, (uint)fields[i].Size);
            writer.EndNested(field);
        }

        writer.EndNested(concatenation);
        writer.EndNested(description);
    }

    /// <summary>What the <c>nft</c> program needs to print keys and data: their byte order, and the remark.</summary>
    private static void WriteSetUserData(ref NetlinkMessageWriter writer, NftSetSpec set)
    {
        const int ByteOrderLength = 4;
        Span<byte> data = stackalloc byte[MaxUserData];
        int length = 0;
        WriteByteOrder(data, ref length, NFTNL_UDATA_SET_KEYBYTEORDER, set.Key);
        if (set.IsVerdictMap || set.Data.Count > 0)
        {
            WriteByteOrder(data, ref length, NFTNL_UDATA_SET_DATABYTEORDER, set.Data);
        }

        if (set.Comment is { } comment)
        {
            length += NftWire.FillComment(data[length..], NFTNL_UDATA_SET_COMMENT, comment);
        }

        writer.WriteAttribute(NFTA_SET_USERDATA, data[..length]);

        static void WriteByteOrder(Span<byte> data, ref int length, byte tag, IReadOnlyList<NftDataType> types)
        {
            data[length] = tag;
            data[length + 1] = ByteOrderLength;
            NftByteOrder order = types.Count == 1 ? types[0].ByteOrder : NftByteOrder.Unspecified;
            MemoryMarshal.Write(data[(length + 2)..], (uint)order);
            length += 2 + ByteOrderLength;
        }
    }

    private static uint FlagsOf(NftSetSpec set)
        => (set.Interval ? NFT_SET_INTERVAL : 0)
        | (set.Interval && set.Key.Count > 1 ? NFT_SET_CONCAT : 0)
        | (set.IsVerdictMap || set.Data.Count > 0 ? NFT_SET_MAP : 0)
        | (set.Timeout ? NFT_SET_TIMEOUT : 0);

    private static void CheckSet(NftSetSpec set)
    {
        ArgumentNullException.ThrowIfNull(set);
        NftName.CheckComment(set.Comment, nameof(set));
        const int RegisterBytes = NFT_REG32_COUNT * NFT_REG32_SIZE;
        if (set.Key.Count == 0 || NftDataType.TotalSize(set.Key) > RegisterBytes || NftDataType.TotalSize(set.Data) > RegisterBytes)
        {
            throw new ArgumentException($"The key of \"{set.Name}\" has 1 to {RegisterBytes} bytes, its data at most as many.", nameof(set));
        }

        if (set.IsVerdictMap && set.Data.Count > 0)
        {
            throw new ArgumentException($"\"{set.Name}\" maps to verdicts and so cannot have other data.", nameof(set));
        }

        if (set.DefaultTimeout is { } timeout && (!set.Timeout || timeout < TimeSpan.FromMilliseconds(1)))
        {
            throw new ArgumentException($"The timeout of \"{set.Name}\" is at least a millisecond and needs {nameof(NftSetSpec.Timeout)}.", nameof(set));
        }
    }

    private NetlinkMessageWriter BeginSet(ushort message, NetlinkFlags flags, NftFamily family, string operation, string table, string set)
    {
        NftName.Check(set, nameof(set));
        NetlinkMessageWriter writer = Begin(message, flags, family, operation, table, set);
        writer.WriteString(NFTA_SET_TABLE, table);
        writer.WriteString(NFTA_SET_NAME, set);
        return writer;
    }

    private NetlinkMessageWriter BeginElements(
        ushort message, NetlinkFlags flags, NftFamily family, string operation, string table, string set, NftElement? element = null)
    {
        NftName.Check(set, nameof(set));
        NetlinkMessageWriter writer = Begin(message, flags, family, operation, table, set, element);
        writer.WriteString(NFTA_SET_ELEM_LIST_TABLE, table);
        writer.WriteString(NFTA_SET_ELEM_LIST_SET, set);
        return writer;
    }
}
