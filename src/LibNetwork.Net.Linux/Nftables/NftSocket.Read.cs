using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <content>Reading the rule set.</content>
public sealed partial class NftSocket
{
    private const int MaxReadAttempts = 16;

    /// <summary>Reads tables with their chains, rules, sets and elements, all as they were at one moment.</summary>
    /// <param name="family">Only tables of this family; <see langword="null"/> for all.</param>
    /// <param name="table">Only tables of this name; <see langword="null"/> for all.</param>
    /// <exception cref="KernelException">
    /// The kernel refused, or (<see cref="LinuxErrno.EAGAIN"/>) another program changed the rule set each time that it was read.
    /// </exception>
    public NftRuleset ReadRuleset(NftFamily? family, string? table)
    {
        if (table is not null)
        {
            NftName.Check(table, nameof(table));
        }

        return Read(family, found => table is null || string.Equals(found.Name, table, StringComparison.Ordinal), table ?? string.Empty, withSets: true);
    }

    /// <summary>Reads the chains of all tables with their rules, all as they were at one moment, without sets, which may be large.</summary>
    /// <exception cref="KernelException">As for <see cref="ReadRuleset"/>.</exception>
    public NftRuleset ReadChains() => ReadChains(static _ => true);

    /// <summary>Reads the chains of some tables with their rules, all as they were at one moment, without sets.</summary>
    /// <param name="which">Which tables, judged by what is known without reading what is in them.</param>
    /// <exception cref="KernelException">As for <see cref="ReadRuleset"/>.</exception>
    public NftRuleset ReadChains(Func<NftTable, bool> which)
    {
        ArgumentNullException.ThrowIfNull(which);
        return Read(family: null, which, string.Empty, withSets: false);
    }

    private NftRuleset Read(NftFamily? family, Func<NftTable, bool> which, string subject, bool withSets)
    {
        for (int attempt = 0; attempt < MaxReadAttempts; attempt++)
        {
            uint before = ReadGeneration();
            if (TryReadTables(family, which, withSets) is { } tables && ReadGeneration() == before)
            {
                return new NftRuleset(before, tables);
            }
        }

        throw new KernelException("read rule set", subject, LinuxErrno.EAGAIN, "it changed each time that it was read");
    }

    /// <summary>Reads the elements of one set or map.</summary>
    /// <exception cref="KernelException"><see cref="LinuxErrno.ENOENT"/>: there is no such set.</exception>
    public IReadOnlyList<NftElement> ReadElements(NftFamily family, string table, string set)
    {
        NftName.Check(table, nameof(table));
        NftName.Check(set, nameof(set));
        _queries.Clear();
        NetlinkMessageWriter writer = BeginQuery(NFT_MSG_GETSET, NetlinkFlags.None, family, "read set", set);
        writer.WriteString(NFTA_SET_TABLE, table);
        writer.WriteString(NFTA_SET_NAME, set);
        _queries.End(ref writer);
        NftSetReader found = _socket.Query(_queries, NftSetReader.Parse) ?? throw new KernelException("read set", set, LinuxErrno.ENOENT);
        return ReadElements(found);
    }

    /// <summary>The kernel's count of changes to the namespace's rule set.</summary>
    public uint ReadGeneration()
    {
        _queries.Clear();
        NetlinkMessageWriter writer = BeginQuery(NFT_MSG_GETGEN, NetlinkFlags.None, family: 0, "read generation", string.Empty);
        _queries.End(ref writer);
        return _socket.Query(_queries, ParseGeneration)?.Value
            ?? throw new KernelException("read generation", string.Empty, LinuxErrno.EIO, "there was no answer");
    }

    /// <summary>Reads everything once; <see langword="null"/> when something vanished in between.</summary>
    private List<NftTable>? TryReadTables(NftFamily? family, Func<NftTable, bool> which, bool withSets)
    {
        try
        {
            List<NftTable> tables = [];
            foreach (NftTable table in Dump(NFT_MSG_GETTABLE, family ?? 0, "read tables", NftTableReader.Parse))
            {
                if (which(table))
                {
                    tables.Add(table with { Chains = ReadChains(table), Sets = withSets ? ReadSets(table) : [] });
                }
            }

            return tables;
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.ENOENT)
        {
            return null;
        }
    }

    private List<NftChain> ReadChains(NftTable table)
    {
        // No kernel filters chains by table, and old ones do not filter rules.
        IReadOnlyList<NftRuleReader> rules = Dump(NFT_MSG_GETRULE, table.Family, "read rules", NftRuleReader.Parse, table.Name);
        ILookup<string, NftRuleReader> byChain = rules
            .Where(rule => string.Equals(rule.Table, table.Name, StringComparison.Ordinal))
            .ToLookup(rule => rule.Chain, StringComparer.Ordinal);
        return Dump(NFT_MSG_GETCHAIN, table.Family, "read chains", NftChainReader.Parse)
            .Where(chain => string.Equals(chain.Table, table.Name, StringComparison.Ordinal))
            .Select(chain => chain.Chain with
            {
                Rules = byChain[chain.Chain.Name].Select(rule => new NftChainRule(rule.Handle, rule.Rule)).ToList(),
            })
            .ToList();
    }

    private List<NftSet> ReadSets(NftTable table)
    {
        List<NftSet> sets = [];
        foreach (NftSetReader reader in Dump(NFT_MSG_GETSET, table.Family, "read sets", NftSetReader.Parse, table.Name))
        {
            if (string.Equals(reader.Table, table.Name, StringComparison.Ordinal) && !reader.IsAnonymous)
            {
                sets.Add(reader.Set with { Elements = ReadElements(reader) });
            }
        }

        return sets;
    }

    private IReadOnlyList<NftElement> ReadElements(NftSetReader set)
    {
        _queries.Clear();
        NetlinkMessageWriter writer = BeginQuery(NFT_MSG_GETSETELEM, NetlinkFlags.Dump, set.Family, "read elements", set.Set.Name);
        writer.WriteString(NFTA_SET_ELEM_LIST_TABLE, set.Table);
        writer.WriteString(NFTA_SET_ELEM_LIST_SET, set.Set.Name);
        _queries.End(ref writer);
        NftElementReader reader = new(set);
        return reader.Complete(_socket.Dump(_queries, reader.Parse));
    }

    private IReadOnlyList<T> Dump<T>(
        ushort message, NftFamily family, string operation, NetlinkMessageParser<T> parser, string? table = null)
        where T : class
    {
        _queries.Clear();
        NetlinkMessageWriter writer = BeginQuery(message, NetlinkFlags.Dump, family, operation, table ?? string.Empty);
        if (table is not null)
        {
            writer.WriteString(NFTA_TABLE_NAME, table);   // attribute 1 is the table in all of them
        }

        _queries.End(ref writer);
        return _socket.Dump(_queries, parser);
    }

    private NetlinkMessageWriter BeginQuery(ushort message, NetlinkFlags flags, NftFamily family, string operation, string subject)
    {
        NetlinkMessageWriter writer = _queries.Begin((ushort)((NFNL_SUBSYS_NFTABLES << 8) | message), flags, operation, subject);
        writer.WriteFamilyHeader(NfGenMessageSize)[0] = (byte)family;
        return writer;
    }

    private static Generation? ParseGeneration(in NetlinkMessage message)
    {
        if (message.Type != ((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWGEN))
        {
            return null;
        }

        NetlinkAttributeReader attributes = message.Attributes(NfGenMessageSize);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == NFTA_GEN_ID)
            {
                return new Generation(attribute.AsUInt32BigEndian());
            }
        }

        return null;
    }

    private sealed record Generation(uint Value);
}
