using System.Collections.Concurrent;
using LibNetwork.Drivers;
using LibNetwork.Ipam;

namespace LibNetwork.Controller;

/// <content>Drivers by name: those that are registered, and those that a source finds when they are first needed.</content>
public sealed partial class NetworkController
{
    private ValueTask<INetworkDriver> FindNetworkDriverAsync(string name, string subject, CancellationToken cancellationToken)
        => FindAsync(
            _drivers, name, static (source, name, cancel) => source.FindNetworkDriverAsync(name, cancel), subject, "network driver", nameof(NetworkSpec.Driver), cancellationToken);

    private ValueTask<IIpamDriver> FindIpamDriverAsync(string name, string subject, CancellationToken cancellationToken)
        => FindAsync(
            _ipamDrivers, name, static (source, name, cancel) => source.FindIpamDriverAsync(name, cancel), subject, "IPAM driver", nameof(NetworkSpec.IpamDriver), cancellationToken);

    private async ValueTask<TDriver> FindAsync<TDriver>(
        ConcurrentDictionary<string, TDriver> drivers, string name, Func<IDriverSource, string, CancellationToken, ValueTask<TDriver?>> ask, string subject, string what,
        string field, CancellationToken cancellationToken)
        where TDriver : class
    {
        if (drivers.TryGetValue(name, out TDriver? known))
        {
            return known;
        }

        foreach (IDriverSource source in DriverSources)
        {
            if (await ask(source, name, cancellationToken).ConfigureAwait(false) is { } found)
            {
                return drivers.GetOrAdd(name, found);
            }
        }

        string remedy = $"use one of {string.Join(", ", drivers.Keys.Order(StringComparer.Ordinal))}";
        throw new NetworkException(NetworkErrorKind.NotFound, subject, $"{what} \"{name}\" does not exist")
        {
            Field = field,
            Remedy = DriverSources.Count > 0 ? $"{remedy}, or start the plugin of that name" : remedy,
        };
    }
}
