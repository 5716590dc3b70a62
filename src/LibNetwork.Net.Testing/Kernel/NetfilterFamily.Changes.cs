using System.Buffers.Binary;
using LibNetwork.Linux;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Testing.Kernel.WireConstants;

namespace LibNetwork.Testing.Kernel;

internal static partial class NetfilterFamily
{
    /// <summary>Carries out one change. Whether a rule makes sense is not looked at.</summary>
    private static int Change(FakeRuleset rules, in NetlinkMessage message)
    {
        byte family = message.Payload[0];
        List<(ushort Type, byte[] Value)> attributes = Read(message);
        string name = Text(attributes, NFTA_TABLE) ?? string.Empty;
        bool isNew = (message.Flags & NetlinkFlags.Exclusive) != 0;
        FakeTable? table = rules.Find(family, name);
        byte what = (byte)message.Type;
        if (what == NFT_MSG_NEWTABLE)
        {
            if (table is null)
            {
                rules.Tables.Add(new FakeTable(family, name, ++rules.LastHandle, attributes));
            }

            return table is not null && isNew ? LinuxErrno.EEXIST : 0;
        }

        if (table is null)
        {
            return LinuxErrno.ENOENT;
        }

        switch (what)
        {
            case NFT_MSG_DELTABLE:
                rules.Tables.Remove(table);
                return 0;
            case NFT_MSG_NEWCHAIN or NFT_MSG_DELCHAIN:
                return ChangeChain(rules, table, what == NFT_MSG_NEWCHAIN, isNew, attributes);
            case NFT_MSG_NEWRULE or NFT_MSG_DELRULE:
                bool isAppended = (message.Flags & NetlinkFlags.Append) != 0;
                return table.Chains.Find(chain => chain.Name == Text(attributes, NFTA_RULE_CHAIN)) is not { } chain ? LinuxErrno.ENOENT
                    : what == NFT_MSG_NEWRULE ? AddRule(rules, chain, isAppended, attributes)
                    : RemoveRules(chain, attributes);
            case NFT_MSG_NEWSET or NFT_MSG_DELSET:
                return ChangeSet(rules, table, what == NFT_MSG_NEWSET, isNew, attributes);
            case NFT_MSG_NEWSETELEM or NFT_MSG_DELSETELEM or NFT_MSG_DESTROYSETELEM:
                return table.Sets.Find(set => set.Name == Text(attributes, NFTA_SET_NAME)) is { } target ? ChangeElements(target, what, attributes) : LinuxErrno.ENOENT;
            default:
                return LinuxErrno.EOPNOTSUPP;
        }
    }

    private static int ChangeChain(FakeRuleset rules, FakeTable table, bool adds, bool isNew, List<(ushort Type, byte[] Value)> attributes)
    {
        string name = Text(attributes, NFTA_CHAIN_NAME) ?? string.Empty;
        FakeChain? chain = table.Chains.Find(chain => chain.Name == name);
        if (!adds)
        {
            return chain is null ? LinuxErrno.ENOENT : chain.Rules.Count > 0 ? LinuxErrno.EBUSY : table.Chains.Remove(chain) ? 0 : LinuxErrno.ENOENT;
        }

        if (chain is null)
        {
            table.Chains.Add(new FakeChain(name, ++rules.LastHandle, attributes));
        }

        return chain is not null && isNew ? LinuxErrno.EEXIST : 0;
    }

    private static int AddRule(FakeRuleset rules, FakeChain chain, bool isAppended, List<(ushort Type, byte[] Value)> attributes)
    {
        chain.Rules.Insert(isAppended ? chain.Rules.Count : 0, (++rules.LastHandle, attributes));
        return 0;
    }

    private static int RemoveRules(FakeChain chain, List<(ushort Type, byte[] Value)> attributes)
    {
        if (attributes.Find(static attribute => attribute.Type == NFTA_RULE_HANDLE).Value is not { } handle)
        {
            chain.Rules.Clear();
            return 0;
        }

        ulong number = BinaryPrimitives.ReadUInt64BigEndian(handle);
        return chain.Rules.RemoveAll(rule => rule.Handle == number) > 0 ? 0 : LinuxErrno.ENOENT;
    }

    private static int ChangeSet(FakeRuleset rules, FakeTable table, bool adds, bool isNew, List<(ushort Type, byte[] Value)> attributes)
    {
        string name = Text(attributes, NFTA_SET_NAME) ?? string.Empty;
        FakeSet? set = table.Sets.Find(set => set.Name == name);
        if (!adds)
        {
            return set is not null && table.Sets.Remove(set) ? 0 : LinuxErrno.ENOENT;
        }

        if (set is null)
        {
            table.Sets.Add(new FakeSet(name, ++rules.LastHandle, attributes));
        }

        return set is not null && isNew ? LinuxErrno.EEXIST : 0;
    }

    private static int ChangeElements(FakeSet set, byte what, List<(ushort Type, byte[] Value)> attributes)
    {
        if (attributes.Find(static attribute => attribute.Type == NFTA_SET_ELEM_LIST_ELEMENTS).Value is not { } list)
        {
            set.Elements.Clear();
            return 0;
        }

        NetlinkAttributeReader reader = new(list);
        while (reader.TryRead(out NetlinkAttribute item))
        {
            FakeElement element = ReadElement(item.Payload);
            int present = set.Elements.FindIndex(other => other.Key == element.Key);
            if (what == NFT_MSG_NEWSETELEM && present < 0)
            {
                set.Elements.Add(element);
            }
            else if (what == NFT_MSG_NEWSETELEM && set.Elements[present].Data != element.Data)
            {
                return LinuxErrno.EEXIST;
            }
            else if (what != NFT_MSG_NEWSETELEM && present >= 0)
            {
                set.Elements.RemoveAt(present);
            }
            else if (what == NFT_MSG_DELSETELEM)
            {
                return LinuxErrno.ENOENT;
            }
        }

        return 0;
    }

    private static FakeElement ReadElement(ReadOnlySpan<byte> value)
    {
        string key = string.Empty, data = string.Empty;
        NetlinkAttributeReader reader = new(value);
        while (reader.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type is NFTA_SET_ELEM_KEY or NFTA_SET_ELEM_KEY_END or NFTA_SET_ELEM_FLAGS)
            {
                key += $"{attribute.Type}:{Convert.ToHexString(attribute.Payload)} ";
            }
            else if (attribute.Type == NFTA_SET_ELEM_DATA)
            {
                data = Convert.ToHexString(attribute.Payload);
            }
        }

        return new FakeElement(string.Join(' ', key.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)), data, value.ToArray());
    }
}
