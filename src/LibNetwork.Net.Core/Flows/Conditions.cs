using LibNetwork.Linux.Nftables;

namespace LibNetwork.Flows;

/// <summary>The steps of a rule that load something or ask whether it holds.</summary>
internal static class Conditions
{
    public static Truth Ask(NftTable table, NftExpression expression, Registers registers, Packet packet, IRouting routing)
    {
        switch (expression)
        {
            case NftMetaExpression { IsSet: false } meta:
                return Load(registers, meta.Register, PacketFacts.Meta(packet, meta.Key));
            case NftCtExpression { IsSet: false } ct:
                return Load(registers, ct.Register, PacketFacts.Ct(packet, ct.Key, ct.Direction));
            case NftFibExpression fib:
                return Load(registers, fib.Register, PacketFacts.Fib(packet, fib, routing));
            case NftPayloadExpression payload:
                return Load(registers, payload.Register, PacketHeaders.Of(packet, payload.Base)?.Slice(payload.Offset, payload.Length));
            case NftImmediateExpression immediate:
                return Load(registers, immediate.Register, KnownBytes.Of(immediate.Value.Span));
            case NftNumgenExpression numgen:
                return Load(registers, numgen.Register, KnownBytes.Unknown(sizeof(uint)));
            case NftHashExpression hash:
                return Load(registers, hash.Register, KnownBytes.Unknown(sizeof(uint)));
            case NftBitwiseExpression bitwise:
                return Load(registers, bitwise.Destination, Combine(registers.Load(bitwise.Source, bitwise.Mask.Length), bitwise));
            case NftCompareExpression compare:
                return Compare(registers.Load(compare.Register, compare.Value.Length), compare);
            case NftRangeExpression range:
                return NotIf(range.Outside, registers.Load(range.Register, range.First.Length).IsWithin(range.First.Span, range.Last.Span));
            case NftLookupExpression lookup:
                return LookUp(table, lookup, registers);
            case NftLimitExpression:
                return Truth.Unknown;   // how fast packets come is not known
            case NftUnknownExpression unknown:
                if (!Expressions.IsHarmless(unknown))
                {
                    registers.Forget();
                }

                return Expressions.IsHarmless(unknown) || Expressions.OnlyLoads(unknown) ? Truth.Yes : Truth.Unknown;
            default:
                return Truth.Yes;   // counters and logs
        }
    }

    private static Truth Load(Registers registers, int register, KnownBytes? value)
    {
        if (value is not { } bytes)
        {
            return Truth.No;   // what the kernel cannot load stops the rule
        }

        registers.Store(register, bytes);
        return Truth.Yes;
    }

    private static KnownBytes Combine(KnownBytes source, NftBitwiseExpression bitwise)
    {
        byte?[] result = new byte?[source.Length];
        for (int i = 0; i < result.Length; i++)
        {
            byte mask = bitwise.Mask.Span[i], xor = i < bitwise.Xor.Length ? bitwise.Xor.Span[i] : (byte)0;
            result[i] = mask == 0 ? xor : source[i] is { } known ? (byte)((known & mask) ^ xor) : null;
        }

        return new KnownBytes(result);
    }

    private static Truth Compare(KnownBytes value, NftCompareExpression compare)
    {
        if (compare.Comparison is NftComparison.Equal or NftComparison.NotEqual)
        {
            return NotIf(compare.Comparison == NftComparison.NotEqual, value.Equals(compare.Value.Span));
        }

        return value.CompareTo(compare.Value.Span) is not { } order ? Truth.Unknown : Of(compare.Comparison switch
        {
            NftComparison.Less => order < 0,
            NftComparison.LessOrEqual => order <= 0,
            NftComparison.Greater => order > 0,
            _ => order >= 0,
        });
    }

    private static Truth LookUp(NftTable table, NftLookupExpression lookup, Registers registers)
    {
        if (table.FindSet(lookup.Set) is not { } set)
        {
            return Truth.Unknown;
        }

        Truth truth = SetSearch.Find(set, registers, lookup.Register, out IReadOnlyList<NftElement> found);
        if (lookup.Destination is { } destination)
        {
            int register = destination;
            foreach (NftValue field in truth == Truth.No ? [] : found[0].Data)
            {
                registers.Store(register, truth == Truth.Yes ? KnownBytes.Of(field.ToArray()) : KnownBytes.Unknown(field.Length));
                register += Registers.WordsOf(field);
            }
        }

        return NotIf(lookup.Inverted, truth);
    }

    private static Truth Of(bool value) => value ? Truth.Yes : Truth.No;

    private static Truth NotIf(bool isInverted, Truth truth) => (isInverted, truth) switch
    {
        (true, Truth.Yes) => Truth.No,
        (true, Truth.No) => Truth.Yes,
        _ => truth,
    };
}
