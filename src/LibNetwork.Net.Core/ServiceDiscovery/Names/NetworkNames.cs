namespace LibNetwork.ServiceDiscovery.Names;

/// <summary>The names of one network: an index that readers take as it is, and that changes swap.</summary>
internal sealed class NetworkNames
{
    private readonly Lock _gate = new();
    private readonly Dictionary<EndpointId, EndpointNames> _endpoints = [];
    private NameIndex _current = NameIndex.Empty;

    public NetworkNames(string networkName) => Domain = NameKey.TryParse(networkName, out NameKey key) ? key : null;

    /// <summary>The network's name, behind which its names are found too; <see langword="null"/> when the DNS cannot hold it.</summary>
    public NameKey? Domain { get; }

    public NameIndex Current => Volatile.Read(ref _current);

    /// <summary>Adds an endpoint's names, or replaces them at one moment.</summary>
    public void Put(EndpointId id, EndpointNames endpoint)
    {
        lock (_gate)
        {
            NameIndex without = _endpoints.TryGetValue(id, out EndpointNames? old) ? _current.Without(id, old) : _current;
            _endpoints[id] = endpoint;
            Volatile.Write(ref _current, without.With(id, endpoint, Domain ?? default));
        }
    }

    /// <summary>Removes an endpoint's names; the next question does not find them. An endpoint that has none is not an error.</summary>
    public void Remove(EndpointId id)
    {
        lock (_gate)
        {
            if (_endpoints.Remove(id, out EndpointNames? old))
            {
                Volatile.Write(ref _current, _current.Without(id, old));
            }
        }
    }
}
