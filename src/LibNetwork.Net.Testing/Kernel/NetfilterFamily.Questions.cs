using LibNetwork.Linux;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Testing.Kernel.WireConstants;

namespace LibNetwork.Testing.Kernel;

internal static partial class NetfilterFamily
{
    private static int Tell(FakeRuleset rules, in NetlinkMessage message, bool isDump, Answers answers)
    {
        byte family = message.Payload[0];
        uint sequence = message.Sequence;
        List<(ushort Type, byte[] Value)> attributes = Read(message);
        string? name = Text(attributes, NFTA_TABLE);
        FakeTable[] tables = [.. rules.Tables.Where(table => (family == 0 || table.Family == family) && (name is null || table.Name == name))];
        switch ((byte)message.Type)
        {
            case NFT_MSG_GETGEN:
                uint generation = rules.Generation;
                answers.Add(TypeOf(NFT_MSG_NEWGEN), sequence, isPart: false, (ref writer) =>
                {
                    writer.WriteFamilyHeader(SizeOfNfGen);
                    writer.WriteAttributeBigEndian(NFTA_GEN_ID, generation);
                });
                return 0;
            case NFT_MSG_GETTABLE:
                Array.ForEach(tables, table => Tell(NFT_MSG_NEWTABLE, table, sequence, isDump, answers, table.Attributes, NFTA_TABLE_HANDLE, table.Handle));
                return 0;
            case NFT_MSG_GETCHAIN:
                Array.ForEach(tables, table => table.Chains.ForEach(
                    chain => Tell(NFT_MSG_NEWCHAIN, table, sequence, isDump, answers, chain.Attributes, NFTA_CHAIN_HANDLE, chain.Handle)));
                return 0;
            case NFT_MSG_GETRULE:
                Array.ForEach(tables, table => table.Chains.ForEach(chain => chain.Rules.ForEach(
                    rule => Tell(NFT_MSG_NEWRULE, table, sequence, isDump, answers, rule.Attributes, NFTA_RULE_HANDLE, rule.Handle))));
                return 0;
            case NFT_MSG_GETSET:
                string? one = Text(attributes, NFTA_SET_NAME);
                FakeSet[] sets = [.. tables.SelectMany(static table => table.Sets).Where(set => one is null || set.Name == one)];
                foreach (FakeTable table in tables)
                {
                    table.Sets.Where(set => one is null || set.Name == one).ToList()
                        .ForEach(set => Tell(NFT_MSG_NEWSET, table, sequence, isDump, answers, set.Attributes, NFTA_SET_HANDLE, set.Handle));
                }

                return one is not null && sets.Length == 0 ? LinuxErrno.ENOENT : 0;
            case NFT_MSG_GETSETELEM:
                string? owner = Text(attributes, NFTA_SET_NAME);
                if (tables.SelectMany(static table => table.Sets).FirstOrDefault(set => set.Name == owner) is not { } found)
                {
                    return LinuxErrno.ENOENT;
                }

                found.Elements.ForEach(element => TellElement(family, element, sequence, answers));
                return 0;
            default:
                return LinuxErrno.EOPNOTSUPP;
        }
    }

    private static void Tell(
        byte type, FakeTable table, uint sequence, bool isPart, Answers answers, IReadOnlyList<(ushort Type, byte[] Value)> attributes, ushort handleType, ulong handle)
        => answers.Add(TypeOf(type), sequence, isPart, (ref writer) =>
        {
            writer.WriteFamilyHeader(SizeOfNfGen)[0] = table.Family;
            foreach ((ushort attribute, byte[] value) in attributes)
            {
                writer.WriteAttribute(attribute, value);
            }

            writer.WriteAttributeBigEndian(handleType, handle);
        });

    private static void TellElement(byte family, FakeElement element, uint sequence, Answers answers)
        => answers.Add(TypeOf(NFT_MSG_NEWSETELEM), sequence, isPart: true, (ref writer) =>
        {
            writer.WriteFamilyHeader(SizeOfNfGen)[0] = family;
            NestedStart list = writer.BeginNested(NFTA_SET_ELEM_LIST_ELEMENTS);
            writer.WriteAttribute(NFTA_LIST_ELEM, element.Value);
            writer.EndNested(list);
        });

    private static ushort TypeOf(byte type) => (ushort)((NFNL_SUBSYS_NFTABLES << 8) | type);
}
