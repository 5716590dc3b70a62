namespace LibNetwork.Testing.Kernel;

/// <summary>All namespaces of a kernel, by number and by the paths that they are pinned to.</summary>
internal sealed class FakeNamespaces
{
    private readonly Dictionary<int, FakeNamespace> _byNumber = [];
    private readonly SortedDictionary<string, FakeNamespace> _byPath = new(StringComparer.Ordinal);
    private int _lastNumber;
    private int _lastAddress;

    public FakeNamespaces() => Home = Make();

    /// <summary>The one that a process is started in.</summary>
    public FakeNamespace Home { get; }

    public IEnumerable<KeyValuePair<string, FakeNamespace>> Pinned => _byPath;

    public FakeNamespace Make()
    {
        FakeNamespace made = new(this, ++_lastNumber);
        _byNumber.Add(made.Number, made);
        return made;
    }

    public FakeNamespace? Find(int number) => _byNumber.GetValueOrDefault(number);

    public FakeNamespace? Find(string path) => _byPath.GetValueOrDefault(path);

    public bool TryPin(string path, FakeNamespace inside) => _byPath.TryAdd(path, inside);

    /// <summary>Takes a name away; with its last one a namespace goes, with all that is in it.</summary>
    public void Unpin(string path)
    {
        if (!_byPath.Remove(path, out FakeNamespace? inside) || inside == Home || _byPath.ContainsValue(inside))
        {
            return;
        }

        _byNumber.Remove(inside.Number);
        while (inside.Links.FirstOrDefault(static link => !link.IsLoopback) is { } link)
        {
            Delete(link);
        }
    }

    /// <summary>Deletes an interface, with the other end of its cable and with what stands on it.</summary>
    public void Delete(FakeLink link)
    {
        link.Home.Detach(link);
        foreach (FakeLink other in _byNumber.Values.Append(link.Home).SelectMany(static inside => inside.Links).Where(other => other.Lower == link).Distinct().ToList())
        {
            Delete(other);
        }
    }

    /// <summary>A hardware address that nobody has yet: the first, the second, and so on.</summary>
    public byte[] NextAddress()
    {
        int number = ++_lastAddress;
        return [0x02, 0x00, (byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];
    }
}
