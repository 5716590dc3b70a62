namespace LibNetwork.Cluster;

/// <summary>
/// The keys that this process has, or is just asking for, under one holding. A key of that holding that is not among them is nobody's: of a
/// request that failed without anybody knowing whether it happened, or given back while the store was not reached. Not thread safe.
/// </summary>
internal sealed class HeldKeys
{
    private readonly Dictionary<string, HashSet<string>> _groups = new(StringComparer.Ordinal);

    /// <summary>Which holding; <see langword="null"/> before the first.</summary>
    public string? Holding { get; private set; }

    /// <summary>Begins with nothing under another holding.</summary>
    public void Begin(string holding)
    {
        Holding = holding;
        _groups.Clear();
    }

    public bool Contains(string key) => _groups.TryGetValue(GroupOf(key), out HashSet<string>? group) && group.Contains(key);

    public bool Add(string key)
    {
        string name = GroupOf(key);
        if (!_groups.TryGetValue(name, out HashSet<string>? group))
        {
            _groups[name] = group = new HashSet<string>(StringComparer.Ordinal);
        }

        return group.Add(key);
    }

    public bool Remove(string key)
    {
        string name = GroupOf(key);
        bool removed = _groups.TryGetValue(name, out HashSet<string>? group) && group.Remove(key);
        if (group is { Count: 0 })
        {
            _groups.Remove(name);
        }

        return removed;
    }

    /// <summary>The keys directly below a prefix that ends with a slash.</summary>
    public IReadOnlyCollection<string> Below(string prefix) => _groups.TryGetValue(prefix, out HashSet<string>? group) ? group : [];

    private static string GroupOf(string key) => key[..(key.LastIndexOf('/') + 1)];
}
