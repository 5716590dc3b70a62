using LibNetwork.Linux.Nftables;

namespace LibNetwork.Tests;

/// <summary>Compares a table that the <c>nft</c> program made from a script with the one that the script is of.</summary>
/// <remarks>
/// Step by step, but for what nft's language cannot help: it checks the protocol before fields of a header, asks copies of sets where it has no words
/// for the question, writes a range as two comparisons, and no interface by its number. Nothing else may differ.
/// </remarks>
internal static class LoadedTable
{
    private const string NoInterface = "cmp eq 0x00000000 0x00000000 0x00000000 0x00000000";

    public static IEnumerable<string> Differences(NftTable ours, NftTable loaded)
    {
        if (ours.Comment != loaded.Comment)
        {
            yield return $"comment {ours.Comment} is {loaded.Comment}";
        }

        foreach (string extra in loaded.Sets.Select(static set => set.Name).Except(ours.Sets.Select(static set => set.Name)).Where(static name => Original(name) == name)
            .Concat(loaded.Chains.Select(static chain => chain.Name).Except(ours.Chains.Select(static chain => chain.Name))))
        {
            yield return $"{extra} is too much";
        }

        foreach (NftSet set in ours.Sets)
        {
            bool isSame = loaded.FindSet(set.Name) is { } found && found.Key.SequenceEqual(set.Key) && found.Data.SequenceEqual(set.Data)
                && (found.IsMap, found.IsVerdictMap, found.Interval, found.Timeout) == (set.IsMap, set.IsVerdictMap, set.Interval, set.Timeout)
                && found.Elements.ToHashSet().SetEquals(set.Elements);
            if (!isSame)
            {
                yield return $"set {set.Name} with {string.Join(", ", set.Elements)} is {string.Join(", ", loaded.FindSet(set.Name)?.Elements ?? [])}";
            }

            // A copy has as many elements as what it is a copy of.
            foreach (NftSet copy in loaded.Sets.Where(copy => Original(copy.Name) == set.Name && copy.Elements.Count != set.Elements.Count))
            {
                yield return $"{copy.Name} has {copy.Elements.Count} elements, not {set.Elements.Count}";
            }
        }

        foreach (NftChain chain in ours.Chains)
        {
            if (loaded.FindChain(chain.Name) is not { } found || (found.Hook, found.Type, found.Priority, found.Policy) != (chain.Hook, chain.Type, chain.Priority, chain.Policy)
                || found.Rules.Count != chain.Rules.Count)
            {
                yield return $"chain {chain.Name} is another";
                continue;
            }

            foreach ((NftRule own, NftRule theirs) in chain.Rules.Zip(found.Rules, static (one, other) => (one.Rule, other.Rule)))
            {
                if (own.Comment != theirs.Comment || !IsSame(Steps(own), Steps(theirs)))
                {
                    yield return $"in {chain.Name}: {string.Join("; ", Steps(own))} # {own.Comment}\n is {string.Join("; ", Steps(theirs))} # {theirs.Comment}";
                }
            }
        }
    }

    /// <summary>What a copy of a set is a copy of.</summary>
    private static string Original(string name)
        => name.EndsWith("-keys", StringComparison.Ordinal) ? name[..^"-keys".Length]
            : name.IndexOf("-bytes", StringComparison.Ordinal) is > 0 and int end ? name[..end] : name;

    private static bool IsSame(List<string> ours, List<string> theirs)
    {
        int next = 0;
        for (int i = 0; i < theirs.Count; i++)
        {
            if (next < ours.Count && ours[next] == theirs[i])
            {
                next++;
            }
            else if (i + 1 < theirs.Count && IsProtocol(theirs[i]) && theirs[i + 1].StartsWith("cmp eq", StringComparison.Ordinal))
            {
                i++;
            }
            else
            {
                return false;
            }
        }

        return next == ours.Count;
    }

    private static bool IsProtocol(string step)
        => step is "load meta Protocol" or "load meta NfProto" or "load meta L4Proto" or "load Link 12 2";

    private static List<string> Steps(NftRule rule)
    {
        List<string> steps = [];
        for (int i = 0; i < rule.Expressions.Count; i++)
        {
            switch (rule.Expressions[i])
            {
                case NftUnknownExpression { Name: "byteorder" }:
                    break;   // of one byte: it changes nothing
                case NftMetaExpression { IsSet: false } meta:
                    steps.Add($"load meta {meta.Key}");
                    break;
                case NftPayloadExpression payload:
                    steps.Add($"load {payload.Base} {payload.Offset} {payload.Length}");
                    break;
                case NftCompareExpression compare:
                    steps.Add($"cmp {(compare.Comparison == NftComparison.Equal ? "eq" : compare.Comparison)} {compare.Value}");
                    break;
                case NftRangeExpression { Outside: false } range:
                    steps.Add($"cmp {NftComparison.GreaterOrEqual} {range.First}");
                    steps.Add($"cmp {NftComparison.LessOrEqual} {range.Last}");
                    break;
                case NftLookupExpression lookup:
                    bool isUsed = lookup.Destination is not null && rule.Expressions[i + 1] is not NftVerdictExpression;
                    steps.Add($"lookup {Original(lookup.Set)} {lookup.Register} inverted {lookup.Inverted} verdict {lookup.IsVerdictMap} used {isUsed}");
                    break;
                default:
                    steps.Add(rule.Expressions[i].ToString()!);   // expressions print themselves
                    break;
            }
        }

        for (int i = 0; i + 1 < steps.Count; i++)
        {
            if (steps[i] == "load meta IifName" && steps[i + 1] == NoInterface)
            {
                (steps[i], steps[i + 1]) = ("load meta IifIndex", "cmp eq 0x00000000");
            }
        }

        return steps;
    }
}
