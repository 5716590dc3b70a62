namespace LibNetwork.Stores.Sqlite;

/// <summary>Transactions that go to the disk together, applied one after the other to what is there.</summary>
internal sealed class GroupOfCommits(Func<string, StoreEntry?> read, long revision)
{
    private readonly Dictionary<string, StoreEntry?> _entries = new(StringComparer.Ordinal);
    private readonly List<StoreChange> _changes = [];

    /// <summary>The revision after all of them.</summary>
    public long Revision { get; private set; } = revision;

    /// <summary>What each key that was touched holds in the end; <see langword="null"/> for nothing.</summary>
    public IReadOnlyDictionary<string, StoreEntry?> Entries => _entries;

    /// <summary>Every change, in order.</summary>
    public IReadOnlyList<StoreChange> Changes => _changes;

    /// <returns>The revision that it made, or <see langword="null"/> when a check did not hold.</returns>
    public long? TryAdd(StoreTransaction transaction)
    {
        if (transaction.Checks.Any(check => (Find(check.Key)?.Revision ?? 0) != check.Revision))
        {
            return null;
        }

        Revision++;
        foreach ((string key, ReadOnlyMemory<byte> value) in transaction.Puts)
        {
            _entries[key] = new StoreEntry(key, value, Revision);
            _changes.Add(new StoreChange(key, value, Revision));
        }

        foreach (string key in transaction.Deletes.Where(key => Find(key) is not null))
        {
            _entries[key] = null;
            _changes.Add(new StoreChange(key, null, Revision));
        }

        return Revision;
    }

    private StoreEntry? Find(string key) => _entries.TryGetValue(key, out StoreEntry? entry) ? entry : read(key);
}
