using System.Net;
using System.Net.Sockets;
using LibNetwork.Controller;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Ipam.Host;

/// <summary>Tells of routes that appeared and overlap a pool in use, such as those of a VPN: which network, and which pool would be free.</summary>
internal sealed partial class PoolCollisions(EventStream events, TimeProvider time, ILogger logger)
{
    private const int MaxReported = 256;   // one route can cover all networks, and readers of events have a limit

    /// <param name="collisions">What appeared.</param>
    /// <param name="avoided">What a free pool keeps away from.</param>
    /// <param name="cancellationToken">Ends the report.</param>
    public async Task ReportAsync(IReadOnlyList<RouteCollision> collisions, IReadOnlyList<Subnet> avoided, CancellationToken cancellationToken)
    {
        foreach (RouteCollision collision in collisions.Take(MaxReported))
        {
            HeldPool pool = collision.Pool;
            Subnet? free = await FindFreeAsync(pool, avoided, cancellationToken).ConfigureAwait(false);
            Log.Collision(logger, pool.NetworkName, pool.Subnet, collision.Range, free?.ToString() ?? "none");
            events.Publish(new PoolCollisionEvent
            {
                Time = time.GetUtcNow(),
                Subject = $"network \"{pool.NetworkName}\"",
                NetworkName = pool.NetworkName,
                Pool = pool.Subnet,
                Route = collision.Range,
                LinkIndex = collision.Link,
                FreePool = free,
            });
        }

        if (collisions.Count > MaxReported)
        {
            Log.MoreCollisions(logger, collisions.Count - MaxReported);
        }
    }

    /// <summary>A pool of the same size that is free: taken, and given back at once, since only IPAM knows.</summary>
    private static async ValueTask<Subnet?> FindFreeAsync(HeldPool pool, IReadOnlyList<Subnet> avoided, CancellationToken cancellationToken)
    {
        try
        {
            Subnet anyOfTheSize = new(pool.Subnet.Family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, pool.Subnet.PrefixLength);
            IpamPool free = await pool.Ipam.RequestPoolAsync(
                new IpamPoolRequest
                {
                    AddressSpace = pool.AddressSpace,
                    Family = pool.Subnet.Family,
                    Pool = anyOfTheSize,
                    Exclude = avoided,
                },
                cancellationToken).ConfigureAwait(false);
            await pool.Ipam.ReleasePoolAsync(free.PoolId, CancellationToken.None).ConfigureAwait(false);
            return free.Subnet;
        }
        catch (NetworkException none) when (none.Kind is NetworkErrorKind.Exhausted or NetworkErrorKind.InvalidArgument)
        {
            return null;   // nothing is free, or no default pool is that large
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.PoolCollision, LogLevel.Warning, "Pool {Pool} of network {NetworkName} collides with {Route}, which the host uses now; {FreePool} would be free.", EventName = nameof(Collision))]
        public static partial void Collision(ILogger logger, string networkName, Subnet pool, Subnet route, string freePool);

        [LoggerMessage(EventIds.PoolCollisionsUnreported, LogLevel.Warning, "{Count} more pools collide with the host's routes.", EventName = nameof(MoreCollisions))]
        public static partial void MoreCollisions(ILogger logger, int count);
    }
}
