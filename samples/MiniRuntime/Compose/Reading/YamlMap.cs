using YamlDotNet.RepresentationModel;

namespace MiniRuntime.Compose.Reading;

/// <summary>A map in the file. Whoever reads it takes the keys that he knows; what nobody took is a problem.</summary>
internal sealed class YamlMap
{
    private const string MergeKey = "<<";
    private const string ExtensionPrefix = "x-";

    private readonly string _name;
    private readonly ReadingContext _context;
    private readonly List<(string Key, YamlNode KeyNode, YamlNode Value)> _entries = [];
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);

    public YamlMap(YamlMappingNode node, string name, ReadingContext context)
    {
        (_name, _context) = (name, context);
        Add(node, new HashSet<YamlNode>(ReferenceEqualityComparer.Instance));
    }

    /// <summary>The value of a key; <see langword="null"/> when it is not there or has none.</summary>
    public YamlValue? Take(string key)
    {
        _known.Add(key);
        return _entries.Find(entry => entry.Key == key) is { Value: { } node } found && new YamlValue(node, key, _context, found.KeyNode.Start) is { IsNull: false } value ? value : null;
    }

    /// <summary>All entries, of a map whose keys are names; <c>x-</c> keys are left out when they are extensions there.</summary>
    public IEnumerable<(string Key, YamlValue Value)> Entries(bool withExtensions = true)
        => _entries.Where(entry => withExtensions || !IsExtension(entry.Key))
            .Select(entry => (entry.Key, new YamlValue(entry.Value, entry.Key, _context, entry.KeyNode.Start)));

    /// <summary>Reports the keys that nobody took, and says which ones are known here.</summary>
    public void RejectOthers()
    {
        foreach ((string key, YamlNode keyNode, _) in _entries.Where(entry => !_known.Contains(entry.Key) && !IsExtension(entry.Key)))
        {
            _context.Report(keyNode.Start, $"unknown key {key} in {_name}; allowed are {string.Join(", ", _known)}");
        }
    }

    private static bool IsExtension(string key) => key.StartsWith(ExtensionPrefix, StringComparison.Ordinal);

    // A map's own keys win over those that it merges, and the first that is merged over the next.
    private void Add(YamlMappingNode node, HashSet<YamlNode> merged)
    {
        if (!merged.Add(node))
        {
            return;   // a map that merges itself
        }

        foreach ((YamlNode key, YamlNode value) in node.Children)
        {
            if (key is not YamlScalarNode { Value: { } name })
            {
                _context.Report(key.Start, $"a key of {_name} must be text");
            }
            else if (name != MergeKey && !_entries.Exists(entry => entry.Key == name))
            {
                _entries.Add((name, key, value));
            }
        }

        foreach (YamlNode source in node.Children.Where(child => child.Key is YamlScalarNode { Value: MergeKey }).SelectMany(child => Sources(child.Value)))
        {
            if (source is YamlMappingNode map)
            {
                Add(map, merged);
            }
            else
            {
                _context.Report(source.Start, "only maps can be merged");
            }
        }
    }

    private static IEnumerable<YamlNode> Sources(YamlNode value) => value is YamlSequenceNode list ? list.Children : [value];
}
