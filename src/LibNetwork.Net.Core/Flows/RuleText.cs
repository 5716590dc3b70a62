using System.Globalization;
using System.Text;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Flows;

/// <summary>Writes a rule as nft does, as far as its steps are known here.</summary>
internal sealed class RuleText
{
    private readonly NftTable _table;
    private readonly Dictionary<int, Field> _fields = [];   // what is in the registers, by the first
    private readonly List<string> _words = [];
    private Field? _masked;
    private string _mask = string.Empty;

    public RuleText(NftTable table, NftRule rule)
    {
        _table = table;
        foreach (NftExpression expression in IptablesExtensions.Expand(rule))
        {
            Write(expression);
        }
    }

    /// <summary>The first word of what the rule does at the end.</summary>
    public string Action { get; private set; } = "continue";

    public static string FamilyName(NftFamily family) => family switch
    {
        NftFamily.IPv4 => "ip",
        NftFamily.IPv6 => "ip6",
        _ => family.ToString().ToLowerInvariant(),
    };

    public override string ToString() => string.Join(' ', _words);

    private void Write(NftExpression expression)
    {
        switch (expression)
        {
            case NftMetaExpression meta when !meta.IsSet:
                _fields[meta.Register] = Field.Of(meta.Key);
                break;
            case NftMetaExpression meta:
                Do(meta.Key == NftMetaKey.Mark ? "meta mark set" : $"meta {FieldNames.Of(meta.Key)} set", ValueAt(meta.Register));
                break;
            case NftCtExpression ct when !ct.IsSet:
                _fields[ct.Register] = Field.Of(ct.Key, ct.Direction);
                break;
            case NftCtExpression ct:
                Do($"ct {FieldNames.Of(ct.Key)} set", ValueAt(ct.Register));
                break;
            case NftPayloadExpression payload:
                _fields[payload.Register] = Field.Of(payload, _table.Family);
                break;
            case NftFibExpression fib:
                _fields[fib.Register] = Field.Of(fib);
                break;
            case NftImmediateExpression immediate:
                _fields[immediate.Register] = Field.Constant(immediate.Value);
                break;
            case NftBitwiseExpression bitwise when _fields.TryGetValue(bitwise.Source, out Field? source):
                _masked = source;
                _mask = source.Format(bitwise.Mask.Span);
                _fields[bitwise.Destination] = source with { Mask = bitwise.Mask };
                break;
            case NftCompareExpression compare:
                _words.Add(Compare(compare));
                break;
            case NftRangeExpression range:
                Field ranged = FieldAt(range.Register);
                _words.Add($"{ranged.Name} {(range.Outside ? "!= " : string.Empty)}{ranged.Format(range.First.Span)}-{ranged.Format(range.Last.Span)}");
                break;
            case NftLookupExpression lookup:
                LookUp(lookup);
                break;
            case NftVerdictExpression verdict:
                Do(FieldNames.Of(verdict.Verdict), string.Empty);
                break;
            case NftRejectExpression:
                Do("reject", string.Empty);
                break;
            case NftMasqueradeExpression:
                Do("masquerade", string.Empty);
                break;
            case NftRedirectExpression redirect:
                Do("redirect", redirect.PortRegister is { } port ? $"to :{ValueAt(port)}" : string.Empty);
                break;
            case NftNatExpression nat:
                Do(nat.IsDestination ? "dnat" : "snat", $"{(nat.Family == NftFamily.Inet ? string.Empty : FamilyName(nat.Family) + " ")}to {TargetOf(nat)}");
                break;
            case NftNotrackExpression:
                Do("notrack", string.Empty);
                break;
            case NftCounterExpression:
                _words.Add("counter");
                break;
            case NftLogExpression log:
                _words.Add(log.Prefix.Length == 0 ? "log" : $"log prefix \"{log.Prefix}\"");
                break;
            case NftLimitExpression limit:
                string over = limit.Over ? "over " : string.Empty;
                _words.Add(string.Create(CultureInfo.InvariantCulture, $"limit rate {over}{limit.Rate}/{limit.Unit.ToString().ToLowerInvariant()} burst {limit.Burst} packets"));
                break;
            case NftUnknownExpression unknown:
                string name = IptablesExtension.Of(unknown) is { } extension ? $"{unknown.Name} {extension.Name}" : unknown.Name;
                _words.Add($"[{name}]");
                Action = Expressions.Decides(unknown) ? name : Action;
                break;
            default:
                _words.Add($"[{expression.Name}]");
                break;
        }
    }

    private string Compare(NftCompareExpression compare)
    {
        Field field = FieldAt(compare.Register);
        bool isEqual = compare.Comparison == NftComparison.Equal;
        if (field.Mask is not { } mask)
        {
            // A prefix of whole bytes is compared by loading only these.
            string bits = field.IsAddress && compare.Value.Length is not (4 or 16) ? $"/{compare.Value.Length * 8}" : string.Empty;
            return $"{field.Name} {FieldNames.Of(compare.Comparison)}{field.Format(compare.Value.Span)}{bits}";
        }

        // "ct state new" is "some bit of new is set".
        bool isZero = !compare.Value.Span.ContainsAnyExcept((byte)0);
        return isZero && compare.Comparison == NftComparison.NotEqual ? $"{field.Name} {_mask}"
            : isEqual && field.IsAddress && PrefixOf(mask.Span) is { } length ? $"{field.Name} {field.Format(compare.Value.Span)}/{length}"
            : !isEqual && field.IsAddress && PrefixOf(mask.Span) is { } other ? $"{field.Name} != {field.Format(compare.Value.Span)}/{other}"
            : $"{field.Name} & {_masked?.Format(mask.Span)} {(isEqual ? "==" : "!=")} {field.Format(compare.Value.Span)}";
    }

    private void LookUp(NftLookupExpression lookup)
    {
        NftSet? set = _table.FindSet(lookup.Set);
        string fields = FieldsFrom(lookup.Register, set);
        string name = set is not null && FieldNames.IsAnonymous(lookup.Set) ? FieldNames.ElementsOf(set) : $"@{lookup.Set}";
        if (lookup.IsVerdictMap)
        {
            Do($"{fields} vmap {name}", string.Empty);
            Action = "vmap";
        }
        else if (lookup.Destination is { } destination)
        {
            _fields[destination] = Field.Text($"{fields} map {name}");
            _words.Add($"{fields} map {name}");
        }
        else
        {
            _words.Add($"{fields} {(lookup.Inverted ? "!= " : string.Empty)}{name}");
        }
    }

    /// <summary>The fields of a key, side by side in registers.</summary>
    private string FieldsFrom(int register, NftSet? set)
    {
        StringBuilder text = new(FieldAt(register).Name);
        int next = register + FieldAt(register).Words;
        for (int i = 1; set is { Key.Count: > 1 } && i < set.Key.Count && _fields.TryGetValue(next, out Field? field); i++)
        {
            text.Append(" . ").Append(field.Name);
            next += field.Words;
        }

        return text.ToString();
    }

    private string TargetOf(NftNatExpression nat)
    {
        string address = nat.AddressRegister is { } register ? ValueAt(register) : string.Empty;
        bool isMapped = address.Contains(" map ", StringComparison.Ordinal);
        if (isMapped)
        {
            _words.Remove(address);   // the map stands behind "to"
        }

        return nat.PortRegister is { } port && !isMapped ? $"{address}:{ValueAt(port)}" : address;
    }

    private void Do(string action, string argument)
    {
        _words.Add(argument.Length == 0 ? action : $"{action} {argument}");
        int space = action.IndexOf(' ', StringComparison.Ordinal);
        Action = space < 0 ? action : action[..space];
    }

    private Field FieldAt(int register) => _fields.TryGetValue(register, out Field? field) ? field : Field.Text("[?]");

    private string ValueAt(int register) => FieldAt(register).Name;

    private static int? PrefixOf(ReadOnlySpan<byte> mask)
    {
        int length = 0;
        while (length < mask.Length * 8 && (mask[length / 8] & (0x80 >> (length % 8))) != 0)
        {
            length++;
        }

        int set = 0;
        foreach (byte part in mask)
        {
            set += int.PopCount(part);
        }

        return set == length ? length : null;
    }
}
