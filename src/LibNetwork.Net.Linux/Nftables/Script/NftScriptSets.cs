using System.Globalization;
using System.Text;

namespace LibNetwork.Linux.Nftables.Script;

/// <summary>The sets and maps of a table, and the copies of them that rules need because nft's language cannot say what they ask.</summary>
/// <remarks>
/// It compares types, and bytes at some place have none but their length: such a key needs a set that is declared by what is looked up. And a map
/// cannot be asked whether it has a key: that needs a set of its keys.
/// </remarks>
internal sealed class NftScriptSets(IReadOnlyList<NftSet> sets)
{
    private readonly Dictionary<string, string> _copies = new(StringComparer.Ordinal);   // declarations by name

    /// <summary>The name of the set to ask whether it has a key.</summary>
    /// <param name="name">The set or map that the rule asks.</param>
    /// <param name="key">What is looked up.</param>
    public string ToAsk(string name, IReadOnlyList<NftScriptField> key)
    {
        NftSet set = Find(name);
        string places = string.Join('-', key.Select((field, i) => (field, i)).Where(static pair => pair.field.Type is null).Select(static pair => pair.i + 1));
        if (places.Length == 0 && !set.IsMap)
        {
            return name;
        }

        string copy = places.Length == 0 ? $"{name}-keys" : $"{name}-bytes{places}";
        if (!_copies.ContainsKey(copy))
        {
            string type = places.Length == 0 ? $"type {string.Join(" . ", set.Key)}" : $"typeof {string.Join(" . ", key.Select(static field => field.Text))}";
            _copies.Add(copy, Declare(set, isMap: false, copy, type, [.. set.Key.Select((own, i) => key[i].Type is null ? null : own)]));
        }

        return copy;
    }

    /// <summary>A set or map that the table has.</summary>
    public NftSet Find(string name)
        => sets.FirstOrDefault(set => set.Name == name) ?? throw new NotSupportedException($"A rule asks a set \"{name}\" that the table does not have.");

    /// <summary>All of them as text.</summary>
    public string Declarations()
        => string.Concat(sets.Select(static set => Declare(set, set.IsMap, set.Name, $"type {set.TypeText}", set.Key)).Concat(_copies.Values));

    private static string Declare(NftSet set, bool isMap, string name, string type, IReadOnlyList<NftDataType?> keyTypes)
    {
        if (set.Key.Count == 0)
        {
            throw new NotSupportedException($"The key of set \"{set.Name}\" is of a type that is not known here.");
        }

        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"\t{(isMap ? "map" : "set")} {name} {{\n\t\t{type};\n");
        string flags = string.Join(", ", new[] { (Flag: "interval", IsSet: set.Interval), (Flag: "timeout", IsSet: set.Timeout) }
            .Where(static flag => flag.IsSet).Select(static flag => flag.Flag));
        text.Append(flags.Length == 0 ? string.Empty : $"\t\tflags {flags};\n");
        text.Append(set.DefaultTimeout is { } timeout ? $"\t\ttimeout {Duration(timeout)};\n" : string.Empty);
        text.Append(set.Comment is { } comment ? $"\t\tcomment {NftScriptText.Quote(comment)}\n" : string.Empty);
        if (set.Elements.Count > 0)
        {
            IEnumerable<string> elements = set.Elements.Select(element => Write(set, element, isMap, keyTypes));
            text.Append(CultureInfo.InvariantCulture, $"\t\telements = {{\n\t\t\t{string.Join(",\n\t\t\t", elements)}\n\t\t}}\n");
        }

        return text.Append("\t}\n").ToString();
    }

    private static string Write(NftSet set, NftElement element, bool withData, IReadOnlyList<NftDataType?> keyTypes)
    {
        StringBuilder text = new();
        for (int i = 0; i < element.Key.Length; i++)
        {
            string first = NftScriptText.Value(keyTypes[i], element.Key[i]);
            string last = element.End.Length == 0 ? first : NftScriptText.Value(keyTypes[i], element.End[i]);
            text.Append(i == 0 ? string.Empty : " . ").Append(first == last ? first : $"{first}-{last}");
        }

        text.Append(element.Timeout is { } timeout ? $" timeout {Duration(timeout)}" : string.Empty);
        text.Append(element.Comment is { } comment ? $" comment {NftScriptText.Quote(comment)}" : string.Empty);
        if (withData)
        {
            List<string> data = [];
            for (int i = 0; i < element.Data.Length; i++)
            {
                data.Add(NftScriptText.Value(set.Data[i], element.Data[i]));
            }

            text.Append(" : ").Append(element.Verdict is { } verdict ? NftScriptRule.Of(verdict) : string.Join(" . ", data));
        }

        return text.ToString();
    }

    private static string Duration(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalMilliseconds}ms");
}
