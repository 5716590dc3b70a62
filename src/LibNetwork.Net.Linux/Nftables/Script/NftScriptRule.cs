using System.Globalization;
using System.Runtime.InteropServices;

namespace LibNetwork.Linux.Nftables.Script;

/// <summary>Writes one rule: follows what its steps load, and says at each step that uses it what is asked of it.</summary>
internal sealed class NftScriptRule(NftFamily family, NftScriptSets sets)
{
    private static readonly string[] LogLevels = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"];
    private static readonly string[] RejectReasons = ["no-route", "port-unreachable", "host-unreachable", "admin-prohibited"];

    private readonly SortedDictionary<int, NftScriptField> _loaded = [];   // by register
    private readonly List<string> _words = [];
    private NftFamily? _protocol = family is NftFamily.IPv4 or NftFamily.IPv6 ? family : null;   // what the rule has checked
    private (string Map, IReadOnlyList<NftScriptField> Key)? _found;   // what a map had, while nobody has used it

    /// <summary>The rule as text.</summary>
    /// <exception cref="NotSupportedException">It has a step that is not written here.</exception>
    public string Write(NftRule rule)
    {
        foreach (NftExpression step in rule.Expressions)
        {
            Add(step);
        }

        AskWhetherFound();
        return string.Join(' ', rule.Comment is { } comment ? [.. _words, $"comment {NftScriptText.Quote(comment)}"] : _words);
    }

    /// <summary>What happens to a packet.</summary>
    public static string Of(NftVerdict verdict)
    {
        string kind = verdict.Kind.ToString().ToLowerInvariant();
        return verdict.Chain is { } chain ? $"{kind} {chain}" : kind;
    }

    private void Add(NftExpression step)
    {
        switch (step)
        {
            case NftMetaExpression { IsSet: false } meta:
                _loaded[meta.Register] = NftScriptField.Of(meta);
                break;
            case NftCtExpression { IsSet: false } ct:
                _loaded[ct.Register] = NftScriptField.Of(ct);
                break;
            case NftFibExpression fib:
                _loaded[fib.Register] = NftScriptField.Of(fib);
                break;
            case NftPayloadExpression payload:
                _loaded[payload.Register] = NftScriptField.Of(payload, family);
                break;
            case NftBitwiseExpression bits when bits.Source == bits.Destination && bits.Xor.Span.IndexOfAnyExcept((byte)0) < 0:
                _loaded[bits.Destination] = Loaded(bits.Source) with { Mask = bits.Mask.Span.ToArray() };
                break;
            case NftCompareExpression compare:
                Compare(Loaded(compare.Register), compare.Comparison, compare.Value);
                _loaded.Clear();
                break;
            case NftRangeExpression range:
                NftScriptField field = Loaded(range.Register).Where(_protocol);
                _words.Add($"{field.Text}{(range.Outside ? " !=" : string.Empty)} {NftScriptText.Value(field.Type, range.First.Span)}-{NftScriptText.Value(field.Type, range.Last.Span)}");
                _loaded.Clear();
                break;
            case NftLookupExpression lookup:
                LookUp(lookup);
                break;
            case NftNatExpression { Flags: NftNatFlags.None, AddressRegister: 0 } nat when _found is { } found:
                _words.Add($"{(nat.IsDestination ? "dnat" : "snat")} {(nat.Family == NftFamily.IPv6 ? "ip6" : "ip")} to {TypedTextOf(found.Key)} map @{found.Map}");
                _found = null;
                break;
            case NftMasqueradeExpression { Flags: NftNatFlags.None }:
                AskWhetherFound();
                _words.Add("masquerade");
                break;
            case NftCounterExpression:
                _words.Add("counter");
                break;
            case NftLimitExpression limit:
                _words.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"limit rate {(limit.Over ? "over " : string.Empty)}{limit.Rate}/{limit.Unit.ToString().ToLowerInvariant()} burst {limit.Burst} packets"));
                break;
            case NftLogExpression log:
                string target = log.Group is { } group ? string.Create(CultureInfo.InvariantCulture, $"group {group}") : $"level {LogLevels[(int)log.Level]}";
                _words.Add($"log prefix {NftScriptText.Quote(log.Prefix)} {target}");
                break;
            case NftRejectExpression reject:
                AskWhetherFound();
                _words.Add(reject switch
                {
                    { Kind: NftRejectKind.TcpReset } => "reject with tcp reset",
                    { Kind: NftRejectKind.Icmpx, Code: var code } when code < RejectReasons.Length => $"reject with icmpx {RejectReasons[code]}",
                    _ => throw new NotSupportedException($"nft's words for {reject} are not known here."),
                });
                break;
            case NftVerdictExpression decision:
                AskWhetherFound();
                _words.Add(Of(decision.Verdict));
                break;
            default:
                throw new NotSupportedException($"nft's words for {step} are not known here.");
        }
    }

    private NftScriptField Loaded(int register)
        => _loaded.GetValueOrDefault(register) ?? throw new NotSupportedException($"Nothing that is known here is in register {register}.");

    private void Compare(NftScriptField loaded, NftComparison comparison, NftBytes value)
    {
        NftScriptField field = loaded.Where(_protocol);
        bool isZero = value.Span.IndexOfAnyExcept((byte)0) < 0;
        if (field.Names is { } names)
        {
            CompareNamed(field, names, comparison, value, isZero);
            return;
        }

        string text = field.Mask is null ? field.Text : $"{field.Text} & {NftScriptText.Value(field.Type, field.Mask)}";
        string sign = (comparison, field.Mask) switch
        {
            (NftComparison.Equal, null) => " ",
            (NftComparison.Equal, _) => " == ",
            (NftComparison.NotEqual, _) => " != ",
            _ => throw new NotSupportedException($"nft's word for {comparison} is not known here."),
        };
        if (field.Type == NftDataType.IfName && isZero)
        {
            _words.Add($"{(field.Text == "iifname" ? "iif" : "oif")}{sign}0");   // no name is not a name to nft, and no interface has no number
            return;
        }

        _words.Add(text + sign + NftScriptText.Value(field.Type, value.Span));
        if (comparison == NftComparison.Equal && field.Mask is null)
        {
            Learn(field, value.Span);
        }
    }

    /// <summary>One of several names, or of names that stand for bits any of them.</summary>
    private void CompareNamed(NftScriptField field, IReadOnlyDictionary<uint, string> names, NftComparison comparison, NftBytes value, bool isZero)
    {
        bool isAnyOf = field.Mask is not null && comparison == NftComparison.NotEqual && isZero;
        uint wanted = MemoryMarshal.Read<uint>(isAnyOf ? field.Mask : value.Span);
        string[] words = isAnyOf
            ? [.. names.Where(name => (wanted & name.Key) != 0).Select(static name => name.Value)]
            : [.. names.Where(name => wanted == name.Key).Select(static name => name.Value)];
        bool isWhole = isAnyOf ? words.Length == int.PopCount((int)wanted) : words.Length == 1 && field.Mask is null && comparison == NftComparison.Equal;
        _words.Add(isWhole ? $"{field.Text} {string.Join(',', words)}" : throw new NotSupportedException($"nft's word for {field.Text} {comparison} {wanted:x} is not known here."));
    }

    /// <summary>Remembers which protocol the packet has from here on.</summary>
    private void Learn(NftScriptField field, ReadOnlySpan<byte> value)
    {
        _protocol = field.Text switch
        {
            "meta nfproto" => (NftFamily)value[0],
            "ether type" or "meta protocol" when value.SequenceEqual((ReadOnlySpan<byte>)[0x08, 0x00]) => NftFamily.IPv4,
            "ether type" or "meta protocol" when value.SequenceEqual((ReadOnlySpan<byte>)[0x86, 0xdd]) => NftFamily.IPv6,
            "ether type" or "meta protocol" when value.SequenceEqual((ReadOnlySpan<byte>)[0x08, 0x06]) => NftFamily.Arp,
            _ => _protocol,
        };
    }

    private void LookUp(NftLookupExpression lookup)
    {
        NftScriptField[] key = [.. _loaded.Values];
        NftSet set = sets.Find(lookup.Set);
        if (_loaded.Keys.FirstOrDefault() != lookup.Register || key.Length != set.Key.Count || key.Any(static field => field.Mask is not null))
        {
            throw new NotSupportedException($"What {lookup} looks up is not known here.");
        }

        key = [.. key.Zip(set.Key, static (field, type) => field.Type == type ? field : field with { Text = field.Bytes ?? field.Text, Type = null })];
        _loaded.Clear();
        if (lookup.IsVerdictMap)
        {
            _words.Add($"{TypedTextOf(key)} vmap @{lookup.Set}");
        }
        else if (lookup.Destination is not null)
        {
            _found = (lookup.Set, key);
        }
        else
        {
            _words.Add($"{TextOf(key)}{(lookup.Inverted ? " !=" : string.Empty)} @{sets.ToAsk(lookup.Set, key)}");
        }
    }

    /// <summary>Where nobody uses what a map had, what counts is that it had something.</summary>
    private void AskWhetherFound()
    {
        if (_found is { } found)
        {
            _words.Add($"{TextOf(found.Key)} @{sets.ToAsk(found.Map, found.Key)}");
            _found = null;
        }
    }

    /// <summary>What leads to a map's data: that must have the map's types, because the map itself is asked and no copy of it.</summary>
    private static string TypedTextOf(IReadOnlyList<NftScriptField> fields)
        => fields.FirstOrDefault(static field => field.Type is null) is { } bytes
            ? throw new NotSupportedException($"nft has no word for {bytes.Text} by which a map could be asked for its data.")
            : TextOf(fields);

    private static string TextOf(IEnumerable<NftScriptField> fields) => string.Join(" . ", fields.Select(static field => field.Text));
}
