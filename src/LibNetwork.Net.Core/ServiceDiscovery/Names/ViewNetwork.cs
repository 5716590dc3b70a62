using System.Collections.Frozen;

namespace LibNetwork.ServiceDiscovery.Names;

/// <summary>A network as one of its sandboxes sees it.</summary>
/// <param name="Names">The network's names.</param>
/// <param name="Links">Names that only this sandbox knows, and the network's names that they stand for.</param>
internal sealed record ViewNetwork(NetworkNames Names, FrozenDictionary<NameKey, NameKey> Links)
{
    public static FrozenDictionary<NameKey, NameKey> NoLinks { get; } = FrozenDictionary<NameKey, NameKey>.Empty;

    /// <summary>Takes the links as the user writes them; names that the DNS cannot hold are left out.</summary>
    public static FrozenDictionary<NameKey, NameKey> LinksOf(IReadOnlyDictionary<string, string> links)
    {
        if (links.Count == 0)
        {
            return NoLinks;
        }

        Dictionary<NameKey, NameKey> keys = [];
        foreach ((string alias, string name) in links)
        {
            if (NameKey.TryParse(alias, out NameKey from) && NameKey.TryParse(name, out NameKey to))
            {
                keys[from] = to;
            }
        }

        return keys.ToFrozenDictionary();
    }
}
