using System.Collections.Concurrent;
using System.Net;
using LibNetwork.Overlay;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

/// <summary>Tells a driver of the endpoints that one of its networks has on other nodes. One that it refuses is left out, and holds up no other.</summary>
/// <remarks>Called by one at a time, except for <see cref="Has(IPAddress)"/>.</remarks>
internal sealed partial class RemotePeers(IOverlayPeers driver, NetworkId network, ILogger logger)
{
    private readonly Dictionary<string, OverlayPeer> _told = new(StringComparer.Ordinal);   // by key
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<IPAddress, string> _addresses = new();
    private bool _hasBegun;

    /// <summary>The keys of those that were refused, and may not be when others have gone.</summary>
    public IReadOnlyCollection<string> Refused => _refused;

    /// <summary>Whether the driver has been told of an endpoint.</summary>
    public bool Has(string key) => _told.ContainsKey(key);

    /// <summary>Whether the driver has been told of an endpoint with an address.</summary>
    public bool Has(IPAddress address) => _addresses.ContainsKey(address);

    /// <summary>The endpoint as the driver knows it; <see langword="null"/> when it has no interface of its own, or its node is not to be reached.</summary>
    public static OverlayPeer? Of(RemoteEndpoint? endpoint)
        => endpoint is { MacAddress: { } mac, NodeAddress: { } node } && (endpoint.IPv4 ?? endpoint.IPv6) is not null
            ? new OverlayPeer { IPv4 = endpoint.IPv4, IPv6 = endpoint.IPv6, MacAddress = mac, NodeAddress = node }
            : null;

    /// <summary>Whether the driver knows an endpoint otherwise than as this peer.</summary>
    public bool Differs(string key, OverlayPeer? peer) => _told.GetValueOrDefault(key) != peer;

    /// <summary>Endpoints that were refused are gone by themselves.</summary>
    public void Dismiss(IEnumerable<string> keys) => _refused.ExceptWith(keys);

    /// <summary>Takes endpoints out of what the driver knows.</summary>
    public async ValueTask RemoveAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        string[] present = [.. keys.Where(_told.ContainsKey)];
        if (present.Length > 0)
        {
            await driver.RemoveAsync(network, [.. present.Select(key => _told[key])], cancellationToken).ConfigureAwait(false);
            Array.ForEach(present, Forget);
        }
    }

    /// <summary>Adds endpoints, in order: of two that exclude each other, the first. What an earlier process told the driver goes with the first call.</summary>
    public async ValueTask AddAsync(IReadOnlyList<(string Key, OverlayPeer Peer)> added, CancellationToken cancellationToken)
    {
        if (!_hasBegun)
        {
            await ReplaceAsync([.. added], cancellationToken).ConfigureAwait(false);
            _hasBegun = true;
        }

        await AddAsync(new ArraySegment<(string Key, OverlayPeer Peer)>([.. added.Where(one => !_told.ContainsKey(one.Key))]), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes all out of what the driver knows.</summary>
    public async ValueTask ClearAsync()
    {
        try
        {
            await driver.ReplaceAsync(network, [], CancellationToken.None).ConfigureAwait(false);
        }
        catch (NetworkException gone) when (gone.Kind == NetworkErrorKind.NotFound)
        {
            // The network is, and they went with it.
        }
    }

    private async ValueTask ReplaceAsync((string Key, OverlayPeer Peer)[] all, CancellationToken cancellationToken)
    {
        try
        {
            await driver.ReplaceAsync(network, [.. all.Select(static one => one.Peer)], cancellationToken).ConfigureAwait(false);
            Array.ForEach(all, Remember);
        }
        catch (NetworkException refused) when (IsRefusal(refused))
        {
            // Whoever is not among those that are let in, one by one, is of an earlier process.
            await AddAsync(all, cancellationToken).ConfigureAwait(false);
            await driver.ReplaceAsync(network, [.. _told.Values], cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask AddAsync(ArraySegment<(string Key, OverlayPeer Peer)> added, CancellationToken cancellationToken)
    {
        if (added.Count == 0)
        {
            return;
        }

        try
        {
            await driver.AddAsync(network, [.. added.Select(static one => one.Peer)], cancellationToken).ConfigureAwait(false);
            foreach ((string Key, OverlayPeer Peer) one in added)
            {
                Remember(one);
            }
        }
        catch (NetworkException refused) when (IsRefusal(refused))
        {
            if (added.Count > 1)
            {
                await AddAsync(added[..(added.Count / 2)], cancellationToken).ConfigureAwait(false);
                await AddAsync(added[(added.Count / 2)..], cancellationToken).ConfigureAwait(false);
            }
            else if (_refused.Add(added[0].Key))
            {
                Log.LeftOut(logger, refused, added[0].Key);
            }
        }
    }

    private static bool IsRefusal(NetworkException failure) => failure.Kind is NetworkErrorKind.InvalidArgument or NetworkErrorKind.Conflict;

    private void Remember((string Key, OverlayPeer Peer) one)
    {
        _told[one.Key] = one.Peer;
        _refused.Remove(one.Key);
        foreach (IPAddress address in AddressesOf(one.Peer))
        {
            _addresses[address] = one.Key;
        }
    }

    private void Forget(string key)
    {
        if (_told.Remove(key, out OverlayPeer? peer))
        {
            foreach (IPAddress address in AddressesOf(peer))
            {
                _addresses.TryRemove(KeyValuePair.Create(address, key));
            }
        }
    }

    private static IEnumerable<IPAddress> AddressesOf(OverlayPeer peer) => ((IPAddress?[])[peer.IPv4, peer.IPv6]).OfType<IPAddress>();

    private static partial class Log
    {
        [LoggerMessage(EventIds.RemoteEndpointLeftOut, LogLevel.Warning, "The endpoint at {Key} in the cluster's store is left out.", EventName = nameof(LeftOut))]
        public static partial void LeftOut(ILogger logger, Exception refused, string key);
    }
}
