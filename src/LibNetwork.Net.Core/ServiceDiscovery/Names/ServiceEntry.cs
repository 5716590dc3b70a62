using System.Collections.Immutable;

namespace LibNetwork.ServiceDiscovery.Names;

/// <summary>Where one service is to be found. Immutable.</summary>
internal sealed class ServiceEntry(ImmutableArray<ServiceEntry.Place> places)
{
    public static ServiceEntry Empty { get; } = new([]);

    public ImmutableArray<Place> Places { get; } = places;

    public ServiceEntry With(Place place) => new([.. Places.Where(other => other.Holder != place.Holder), place]);

    public ServiceEntry Without(EndpointId holder) => new(Places.RemoveAll(place => place.Holder == holder));

    internal readonly record struct Place(EndpointId Holder, ushort Port, NameKey Target, byte[]? IPv4, byte[]? IPv6);
}
