using System.Collections.Immutable;
using LibNetwork.ServiceDiscovery.Dns;

namespace LibNetwork.ServiceDiscovery.Names;

/// <summary>The names of one network's live endpoints, at one moment. Immutable; a change makes another one, at a cost that hardly grows with their number.</summary>
internal sealed class NameIndex
{
    private readonly ImmutableDictionary<NameKey, NameEntry> _names;
    private readonly ImmutableDictionary<NameKey, ServiceEntry> _services;
    private readonly ImmutableDictionary<UInt128, ImmutableArray<(EndpointId Holder, NameKey Name)>> _pointers;

    private NameIndex(
        ImmutableDictionary<NameKey, NameEntry> names,
        ImmutableDictionary<NameKey, ServiceEntry> services,
        ImmutableDictionary<UInt128, ImmutableArray<(EndpointId Holder, NameKey Name)>> pointers)
    {
        _names = names;
        _services = services;
        _pointers = pointers;
    }

    public static NameIndex Empty { get; } = new(
        ImmutableDictionary<NameKey, NameEntry>.Empty,
        ImmutableDictionary<NameKey, ServiceEntry>.Empty,
        ImmutableDictionary<UInt128, ImmutableArray<(EndpointId Holder, NameKey Name)>>.Empty);

    public NameEntry? Find(NameKey name) => _names.GetValueOrDefault(name);

    public ServiceEntry? FindService(NameKey name) => _services.GetValueOrDefault(name);

    /// <summary>The name of an address, with the network's name behind it.</summary>
    public NameKey? FindPointer(UInt128 address)
        => _pointers.TryGetValue(address, out ImmutableArray<(EndpointId Holder, NameKey Name)> names) ? names[0].Name : null;

    /// <summary>The index with an endpoint's names. Names that the DNS cannot hold are left out.</summary>
    public NameIndex With(EndpointId id, EndpointNames endpoint, NameKey network)
    {
        NameKey[] keys = [.. Keys(endpoint)];
        if (keys.Length == 0)
        {
            return this;
        }

        NameKey own = keys[0].Append(network);
        return new NameIndex(
            _names.SetItems(keys.Select(key => KeyValuePair.Create(key, (_names.GetValueOrDefault(key) ?? NameEntry.Empty).With(id, endpoint)))),
            _services.SetItems(ServiceKeys(keys, endpoint).Select(service => KeyValuePair.Create(
                service.Key,
                (_services.GetValueOrDefault(service.Key) ?? ServiceEntry.Empty).With(
                    new ServiceEntry.Place(id, service.Port, own, endpoint.IPv4?.GetAddressBytes(), endpoint.IPv6?.GetAddressBytes()))))),
            _pointers.SetItems(Addresses(endpoint).Select(address => KeyValuePair.Create(
                address, _pointers.GetValueOrDefault(address, []).Add((id, own))))));
    }

    /// <summary>The index without an endpoint's names, which are those that it was added with.</summary>
    public NameIndex Without(EndpointId id, EndpointNames endpoint)
    {
        ImmutableDictionary<NameKey, NameEntry>.Builder names = _names.ToBuilder();
        ImmutableDictionary<NameKey, ServiceEntry>.Builder services = _services.ToBuilder();
        ImmutableDictionary<UInt128, ImmutableArray<(EndpointId Holder, NameKey Name)>>.Builder pointers = _pointers.ToBuilder();
        NameKey[] keys = [.. Keys(endpoint)];
        foreach (NameKey key in keys)
        {
            Replace(names, key, names.GetValueOrDefault(key)?.Without(id), static entry => entry.IsEmpty);
        }

        foreach ((NameKey key, _) in ServiceKeys(keys, endpoint))
        {
            Replace(services, key, services.GetValueOrDefault(key)?.Without(id), static entry => entry.Places.IsEmpty);
        }

        foreach (UInt128 address in Addresses(endpoint))
        {
            ImmutableArray<(EndpointId Holder, NameKey Name)> left = pointers.TryGetValue(address, out ImmutableArray<(EndpointId Holder, NameKey Name)> all)
                ? all.RemoveAll(pointer => pointer.Holder == id)
                : [];
            Replace<UInt128, ImmutableArray<(EndpointId Holder, NameKey Name)>>(pointers, address, left, static entry => entry.IsEmpty);
        }

        return new NameIndex(names.ToImmutable(), services.ToImmutable(), pointers.ToImmutable());
    }

    private static void Replace<TKey, TValue>(ImmutableDictionary<TKey, TValue>.Builder entries, TKey key, TValue? entry, Predicate<TValue> isEmpty)
        where TKey : notnull
    {
        if (entry is null || isEmpty(entry))
        {
            entries.Remove(key);
        }
        else
        {
            entries[key] = entry;
        }
    }

    private static IEnumerable<NameKey> Keys(EndpointNames endpoint)
        => endpoint.Names.Select(name => NameKey.TryParse(name, out NameKey key) ? key : (NameKey?)null).OfType<NameKey>().Distinct();

    private static IEnumerable<(NameKey Key, ushort Port)> ServiceKeys(NameKey[] names, EndpointNames endpoint)
        => from port in endpoint.Ports
           from name in names
           let key = NameKey.TryParse($"_{port.Key}._{port.Value.Protocol.ToString().ToLowerInvariant()}", out NameKey prefix) ? prefix.Append(name) : (NameKey?)null
           where key is { Labels.Length: < DnsWire.MaxNameBytes }
           select (key.Value, port.Value.Number);

    private static IEnumerable<UInt128> Addresses(EndpointNames endpoint)
        => new[] { endpoint.IPv4, endpoint.IPv6 }.OfType<System.Net.IPAddress>().Select(DnsNameReader.NumberOf);
}
