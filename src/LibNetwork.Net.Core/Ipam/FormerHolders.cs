namespace LibNetwork.Ipam;

/// <summary>Which address each holder had last, so that it gets it back. Knows the latest thousand or so. Not thread safe.</summary>
internal sealed class FormerHolders
{
    private const int Limit = 1024;

    private readonly Dictionary<string, UInt128> _ordinals = new(StringComparer.Ordinal);
    private readonly Queue<string> _oldestFirst = new();

    public bool TryFind(string holder, out UInt128 ordinal) => _ordinals.TryGetValue(holder, out ordinal);

    public void Remember(string holder, UInt128 ordinal)
    {
        if (!_ordinals.ContainsKey(holder))
        {
            if (_ordinals.Count == Limit)
            {
                _ordinals.Remove(_oldestFirst.Dequeue());
            }

            _oldestFirst.Enqueue(holder);
        }

        _ordinals[holder] = ordinal;
    }
}
