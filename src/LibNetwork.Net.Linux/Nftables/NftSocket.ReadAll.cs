using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <content>Reading what belongs to a single rule as well.</content>
public sealed partial class NftSocket
{
    /// <summary>Reads the rule set of the namespace whole, with the sets that belong to a single rule (<c>tcp dport { 22, 80 }</c>).</summary>
    /// <exception cref="KernelException">As for <see cref="ReadRuleset"/>.</exception>
    public NftRuleset ReadAll()
    {
        for (int attempt = 0; attempt < MaxReadAttempts; attempt++)
        {
            NftRuleset named = ReadRuleset(family: null, table: null);
            if (TryAddAnonymousSets(named) is { } all && ReadGeneration() == named.Generation)
            {
                return all;
            }
        }

        throw new KernelException("read rule set", string.Empty, LinuxErrno.EAGAIN, "it changed each time that it was read");
    }

    /// <summary>The same tables with all their sets; <see langword="null"/> when something vanished in between.</summary>
    private NftRuleset? TryAddAnonymousSets(NftRuleset named)
    {
        try
        {
            return named with { Tables = [.. named.Tables.Select(table => table with { Sets = [.. table.Sets, .. ReadAnonymousSets(table)] })] };
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.ENOENT)
        {
            return null;
        }
    }

    private List<NftSet> ReadAnonymousSets(NftTable table)
    {
        List<NftSet> sets = [];
        foreach (NftSetReader reader in Dump(NFT_MSG_GETSET, table.Family, "read sets", NftSetReader.Parse, table.Name))
        {
            if (string.Equals(reader.Table, table.Name, StringComparison.Ordinal) && reader.IsAnonymous)
            {
                sets.Add(reader.Set with { Elements = ReadElements(reader) });
            }
        }

        return sets;
    }
}
