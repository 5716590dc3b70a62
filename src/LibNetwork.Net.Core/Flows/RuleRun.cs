using System.Buffers.Binary;
using System.Net;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Flows;

/// <summary>Runs one rule on a packet, step by step as the kernel's virtual machine does.</summary>
/// <param name="table">The rule's table.</param>
/// <param name="rule">The rule.</param>
/// <param name="routing">What it asks the routing tables.</param>
/// <param name="alternatives">Answers to what is not known.</param>
/// <param name="describe">Names the rule, for what is not known about it.</param>
internal sealed class RuleRun(NftTable table, NftRule rule, IRouting routing, Alternatives alternatives, Func<string> describe)
{
    private readonly IReadOnlyList<NftExpression> _steps = IptablesExtensions.Expand(rule);
    private Registers _registers = new();
    private bool _isAssumed;

    public RuleOutcome Run(Packet packet)
    {
        bool isChanged = false;
        for (int i = 0; i < _steps.Count; i++)
        {
            NftExpression expression = _steps[i];
            if (Expressions.HasEffect(expression))
            {
                RuleOutcome outcome = Apply(expression, packet);
                if (outcome.Effect is not (RuleEffect.None or RuleEffect.Changes))
                {
                    return outcome;
                }

                if (outcome.Effect == RuleEffect.None)
                {
                    break;
                }

                isChanged |= outcome.Packet != packet;
                packet = outcome.Packet;
                continue;
            }

            Truth truth = Conditions.Ask(table, expression, _registers, packet, routing);
            if (truth == Truth.No || (truth == Truth.Unknown && !IsAssumedToMatch(i, packet)))
            {
                break;
            }
        }

        return new RuleOutcome(isChanged ? RuleEffect.Changes : RuleEffect.None, packet);
    }

    /// <summary>A condition that is not known matters only if nothing behind it fails and something behind it happens.</summary>
    private bool IsAssumedToMatch(int index, Packet packet)
    {
        if (_isAssumed)
        {
            return true;
        }

        IEnumerable<NftExpression> rest = _steps.Skip(index + 1);
        if (!rest.Any(Expressions.HasEffect) || IsRefuted(rest, packet))
        {
            return false;
        }

        _isAssumed = alternatives.Choose(2, describe()) == 1;
        return _isAssumed;
    }

    private bool IsRefuted(IEnumerable<NftExpression> rest, Packet packet)
    {
        Registers kept = _registers;
        _registers = new Registers(kept);
        bool isRefuted = rest.Where(static expression => !Expressions.HasEffect(expression))
            .Any(expression => Conditions.Ask(table, expression, _registers, packet, routing) == Truth.No);
        _registers = kept;
        return isRefuted;
    }

    private RuleOutcome Apply(NftExpression expression, Packet packet) => expression switch
    {
        NftVerdictExpression verdict => Of(verdict.Verdict, packet),
        NftLookupExpression map => LookUpVerdict(map, packet),
        NftRejectExpression => new RuleOutcome(RuleEffect.Rejects, packet),
        NftNotrackExpression => new RuleOutcome(RuleEffect.Changes, packet.IsTracked ? packet : packet with { IsUntracked = true }),
        NftMetaExpression meta => new RuleOutcome(RuleEffect.Changes, packet with { Mark = Number(meta.Register) }),
        NftCtExpression ct => new RuleOutcome(RuleEffect.Changes, packet.IsTracked ? packet with { FlowMark = Number(ct.Register) } : packet),
        NftPayloadWriteExpression write => Write(write, packet),
        NftNatExpression nat => Translate(nat, packet),
        NftMasqueradeExpression => Masquerade(packet),
        NftRedirectExpression redirect => Redirect(redirect, packet),
        NftUnknownExpression => alternatives.Choose(2, describe()) == 0
            ? new RuleOutcome(RuleEffect.Changes, packet)
            : new RuleOutcome(RuleEffect.IsUnknowable, packet),
        _ => new RuleOutcome(RuleEffect.Changes, packet),
    };

    private RuleOutcome LookUpVerdict(NftLookupExpression map, Packet packet)
    {
        Truth truth = table.FindSet(map.Set) is { } set
            ? SetSearch.Find(set, _registers, map.Register, out IReadOnlyList<NftElement> found)
            : Nothing(out found);
        NftVerdict[] verdicts = [.. found.Select(static element => element.Verdict ?? NftVerdict.Continue).Distinct()];
        int chosen = truth switch
        {
            Truth.Yes => 1,
            Truth.No => 0,
            _ => alternatives.Choose(verdicts.Length + 1, describe()),
        };
        return chosen == 0 ? new RuleOutcome(RuleEffect.None, packet) : Of(verdicts[chosen - 1], packet);

        static Truth Nothing(out IReadOnlyList<NftElement> found)
        {
            found = [];
            return Truth.No;
        }
    }

    private static RuleOutcome Of(NftVerdict verdict, Packet packet) => new(
        verdict.Kind switch
        {
            NftVerdictKind.Accept => RuleEffect.Accepts,
            NftVerdictKind.Drop => RuleEffect.Drops,
            NftVerdictKind.Return => RuleEffect.Returns,
            NftVerdictKind.Jump => RuleEffect.Jumps,
            NftVerdictKind.Goto => RuleEffect.GoesTo,
            NftVerdictKind.Continue => RuleEffect.Changes,
            _ => RuleEffect.IsUnknowable,   // given to a program, which decides
        },
        packet,
        verdict.Chain);

    private RuleOutcome Translate(NftNatExpression nat, Packet packet)
    {
        if (nat.Family != NftFamily.Inet && (nat.Family == NftFamily.IPv4) != packet.IsIPv4)
        {
            return new RuleOutcome(RuleEffect.Changes, packet);   // the kernel passes on to the next step
        }

        IPAddress? address = nat.AddressRegister is { } register ? Address(register, packet) : nat.IsDestination ? packet.Destination : packet.Source;
        ushort? port = nat.PortRegister is { } portRegister ? Port(portRegister) : nat.IsDestination ? packet.DestinationPort : packet.SourcePort;
        return address is null || (port is null && (nat.IsDestination || nat.PortRegister is not null))
            ? new RuleOutcome(RuleEffect.IsUnknowable, packet)
            : new RuleOutcome(RuleEffect.Translates, nat.IsDestination ? packet.WithDestination(address, port ?? 0) : packet.WithSource(address, port));
    }

    private RuleOutcome Masquerade(Packet packet)
        => packet.Output is { } output && routing.AddressOf(output, packet.Destination) is { } address
            ? new RuleOutcome(RuleEffect.Translates, packet.WithSource(address, packet.SourcePort))
            : new RuleOutcome(RuleEffect.Drops, packet);   // there is no address to take

    private RuleOutcome Redirect(NftRedirectExpression redirect, Packet packet)
    {
        IPAddress? here = packet.Input is { } input ? routing.AddressOf(input, packet.Source) : packet.IsIPv4 ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        ushort? port = redirect.PortRegister is { } register ? Port(register) : packet.DestinationPort;
        return here is null ? new RuleOutcome(RuleEffect.Drops, packet)
            : port is null ? new RuleOutcome(RuleEffect.IsUnknowable, packet)
            : new RuleOutcome(RuleEffect.Translates, packet.WithDestination(here, port.Value));
    }

    private RuleOutcome Write(NftPayloadWriteExpression write, Packet packet)
    {
        bool isPort = write is { Base: NftPayloadBase.Transport, Length: sizeof(ushort), Offset: 0 or sizeof(ushort) };
        if (!isPort)
        {
            return new RuleOutcome(write.Base == NftPayloadBase.Network ? RuleEffect.IsUnknowable : RuleEffect.Changes, packet);
        }

        ushort? port = Port(write.Register);
        return write.Offset == 0 ? new RuleOutcome(RuleEffect.Changes, packet with { SourcePort = port })
            : port is null ? new RuleOutcome(RuleEffect.IsUnknowable, packet)
            : new RuleOutcome(RuleEffect.Changes, packet with { DestinationPort = port.Value });
    }

    private uint? Number(int register)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        return _registers.Load(register, bytes.Length).TryGet(bytes) ? BitConverter.ToUInt32(bytes) : null;
    }

    private ushort? Port(int register)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        return _registers.Load(register, bytes.Length).TryGet(bytes) ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : null;
    }

    private IPAddress? Address(int register, Packet packet)
    {
        Span<byte> bytes = stackalloc byte[packet.IsIPv4 ? 4 : 16];
        return _registers.Load(register, bytes.Length).TryGet(bytes) ? new IPAddress(bytes) : null;
    }
}
