using LibNetwork.Flows;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Core.Tests.Flows;

/// <summary>Builds rule sets in memory and sends packets through them.</summary>
internal static class Ruleset
{
    public const string TableName = "theirs";

    public static NftTable Table(NftFamily family, IEnumerable<NftChain> chains, params NftSet[] sets) => new(family, TableName, 1, null, [.. chains], sets);

    public static NftChain Base(
        NftHook hook, int priority, NftPolicy policy, NftChainType type, params NftRule[] rules) => Chain($"{hook}{priority}", rules) with
    {
        Hook = hook, Priority = priority, Policy = policy, Type = type,
    };

    public static NftChain Forward(params NftRule[] rules) => Base(NftHook.Forward, 0, NftPolicy.Accept, NftChainType.Filter, rules);

    public static NftChain Chain(string name, params NftRule[] rules)
        => new() { Name = name, Handle = 1, Rules = [.. rules.Select(static (rule, i) => new NftChainRule((ulong)i + 1, rule))] };

    public static NftSet Set(string name, NftDataType[] key, NftElement[] elements, NftDataType[]? data = null, bool isVerdictMap = false, bool interval = false) => new()
    {
        Name = name, Handle = 1, Key = key, Data = data ?? [], IsMap = data is not null || isVerdictMap, IsVerdictMap = isVerdictMap,
        Interval = interval, Timeout = false, Elements = elements,
    };

    /// <summary>Sends a packet through one hook, with nothing unknown matching.</summary>
    public static (Fate Fate, Packet Packet, FlowTrace Trace) Pass(Packet packet, NftHook hook, params NftTable[] tables)
        => Pass(packet, hook, new Alternatives(), tables);

    public static (Fate Fate, Packet Packet, FlowTrace Trace) Pass(Packet packet, NftHook hook, Alternatives alternatives, params NftTable[] tables)
    {
        FlowTrace trace = new();
        Fate fate = new HookRun(new NftRuleset(1, tables), new FakeRouting(), alternatives, trace).Pass(hook, ref packet);
        return (fate, packet, trace);
    }

    /// <summary>What becomes of a packet in a chain of one rule that drops what it matches, under every answer to what is not known.</summary>
    public static Truth Matches(Packet packet, NftRule rule, params NftSet[] sets)
    {
        NftTable table = Table(NftFamily.Inet, [Forward(rule.Drop())], sets);
        Alternatives alternatives = new();
        HashSet<Fate> fates = [];
        do
        {
            fates.Add(Pass(packet, NftHook.Forward, alternatives, table).Fate);
        }
        while (alternatives.Advance());

        return fates.Count > 1 ? Truth.Unknown : fates.Contains(Fate.Dropped) ? Truth.Yes : Truth.No;
    }
}
