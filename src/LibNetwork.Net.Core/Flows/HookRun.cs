using LibNetwork.Linux.Nftables;

namespace LibNetwork.Flows;

/// <summary>Runs all base chains of one hook on a packet, in the kernel's order.</summary>
internal sealed class HookRun(NftRuleset rules, IRouting routing, Alternatives alternatives, FlowTrace trace)
{
    private const int Tracking = -200;   // NF_IP_PRI_CONNTRACK

    /// <summary>The hooks of the IP stack.</summary>
    public Fate Pass(NftHook hook, ref Packet packet)
    {
        NftFamily family = packet.IsIPv4 ? NftFamily.IPv4 : NftFamily.IPv6;
        Fate fate = Pass(hook, table => table.Family == NftFamily.Inet || table.Family == family, translates: true, ref packet);
        packet = IsOfDestination(hook) ? packet with { IsDestinationSettled = true } : IsOfSource(hook) ? packet with { IsSourceSettled = true } : packet;
        return fate;
    }

    /// <summary>The hooks of a bridge.</summary>
    public Fate PassBridge(NftHook hook, ref Packet packet) => Pass(hook, static table => table.Family == NftFamily.Bridge, translates: false, ref packet);

    private Fate Pass(NftHook hook, Func<NftTable, bool> isConcerned, bool translates, ref Packet packet)
    {
        bool isTurned = !translates || !packet.IsAnswer;   // an answer is translated back where the flow was translated
        IEnumerable<(NftTable Table, NftChain Chain)> chains = rules.Tables.Where(table => !table.IsDormant && isConcerned(table))
            .SelectMany(table => table.Chains.Where(chain => chain.Hook == hook).Select(chain => (Table: table, Chain: chain)))
            .OrderBy(found => PlaceOf(found.Chain, hook)).ThenBy(static found => found.Chain.Priority);
        foreach ((NftTable table, NftChain chain) in chains)
        {
            if (PlaceOf(chain, hook) >= Tracking && hook is NftHook.Prerouting or NftHook.Output)
            {
                packet = packet with { IsTracked = !packet.IsUntracked };
            }

            if (!isTurned && PlaceOf(chain, hook) >= TranslationPlace(hook))
            {
                packet = TranslateBack(hook, packet);
                isTurned = true;
            }

            if (chain.Type == NftChainType.Nat && !CanTranslate(hook, packet))
            {
                continue;
            }

            Fate fate = new ChainRun(table, hook, routing, alternatives, trace).Run(chain, ref packet);
            if (fate != Fate.Passes)
            {
                return fate;
            }
        }

        packet = packet with { IsTracked = !packet.IsUntracked };
        packet = isTurned ? packet : TranslateBack(hook, packet);
        return Fate.Passes;
    }

    private Packet TranslateBack(NftHook hook, Packet packet)
    {
        Packet back = packet.IsUntracked ? packet : IsOfDestination(hook) ? packet.WithDestinationBack() : IsOfSource(hook) ? packet.WithSourceBack() : packet;
        trace.AddTranslationBack(hook, packet, back);
        return back;
    }

    // The kernel runs all chains that translate at one place, whatever their own priorities are.
    private static int PlaceOf(NftChain chain, NftHook hook)
        => chain.Type == NftChainType.Nat ? TranslationPlace(hook) : chain.Priority;

    private static int TranslationPlace(NftHook hook) => IsOfDestination(hook) ? NftPriority.DestinationNat : NftPriority.SourceNat;

    private static bool CanTranslate(NftHook hook, Packet packet)
        => packet.IsTracked && !packet.IsAnswer && !(IsOfDestination(hook) ? packet.IsDestinationSettled : packet.IsSourceSettled);

    private static bool IsOfDestination(NftHook hook) => hook is NftHook.Prerouting or NftHook.Output;

    private static bool IsOfSource(NftHook hook) => hook is NftHook.Input or NftHook.Postrouting;
}
