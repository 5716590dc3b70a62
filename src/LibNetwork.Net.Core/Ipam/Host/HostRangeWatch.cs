using System.Collections.Concurrent;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Ipam.Host;

/// <summary>Keeps <see cref="HostRanges"/> true to the host: one netlink socket, which only changes of addresses and routes wake. Thread safe.</summary>
internal sealed partial class HostRangeWatch : IAsyncDisposable
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);   // an interface comes up in several steps

    private readonly HostKernel _kernel;
    private readonly HostNameservers _nameservers;
    private readonly PoolCollisions _collisions;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HostRanges _ranges = new();
    private readonly ConcurrentDictionary<(string NetworkName, string PoolId), HeldPool> _held = new();
    private readonly Queue<RouteEvent> _events = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private RouteMonitor? _monitor;
    private Task _following = Task.CompletedTask;

    public HostRangeWatch(HostKernel kernel, HostNameservers nameservers, PoolCollisions collisions, TimeProvider time, ILogger logger)
    {
        _kernel = kernel;
        _nameservers = nameservers;
        _collisions = collisions;
        _time = time;
        _logger = logger;
    }

    /// <summary>What a pool that nobody named keeps away from, besides other pools: what the host and others on it use, and its name servers.</summary>
    /// <remarks>Starts to follow the host when nobody has asked before.</remarks>
    public async ValueTask<IReadOnlyList<Subnet>> ReadAvoidedAsync(CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken).ConfigureAwait(false);
        return [.. _ranges.Foreign, .. _nameservers.Read()];
    }

    /// <summary>A pool is ours until it is let go: what appears and overlaps it is a collision.</summary>
    public async ValueTask HoldAsync(HeldPool pool, CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken).ConfigureAwait(false);
        if (_held.TryAdd((pool.NetworkName, pool.PoolId), pool))
        {
            _ranges.Hold(pool);
        }
    }

    /// <summary>A pool is ours no more; one that never was is not an error.</summary>
    public void LetGo(string networkName, string poolId)
    {
        if (_held.TryRemove((networkName, poolId), out HeldPool? pool))
        {
            _ranges.LetGo(pool);
        }
    }

    /// <summary>Reads everything anew, for what the kernel does not tell: the IPv4 routes of a link that went down.</summary>
    public async ValueTask ReloadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await ReadAllAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        _monitor?.Dispose();
        await _following.ConfigureAwait(false);
        _turn.Dispose();
        _stop.Dispose();
    }

    private async ValueTask CatchUpAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            if (_monitor is null)
            {
                await StartAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (!ReadWaiting(_monitor))
            {
                await ReadAllAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        // Events count from here on, so nothing is missed between the reading and the following.
        RouteMonitor monitor = await _kernel.RunAsync(
            static (session, _) => RouteMonitor.Open(session.HostNamespace, RouteEventGroups.Addresses | RouteEventGroups.Routes), 0, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            await ReadAllAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            monitor.Dispose();
            throw;
        }

        _monitor = monitor;
        _following = FollowAsync(monitor);
    }

    /// <summary>A link that comes or goes between two questions must not leave its routes without its addresses: by these it is known for our own.</summary>
    private async ValueTask ReadAllAsync(CancellationToken cancellationToken)
    {
        do
        {
            (IReadOnlyList<AddressInfo> before, IReadOnlyList<RouteInfo> routes, IReadOnlyList<AddressInfo> addresses) = await _kernel.RunAsync(
                static (session, _) => (session.Route.DumpAddresses(), session.Route.DumpRoutes(), session.Route.DumpAddresses()), 0, cancellationToken).ConfigureAwait(false);
            _ranges.Replace(routes, [.. addresses, .. before.Where(address => routes.Any(route => route.OutputInterface == address.Index))]);
        }
        while (_monitor is { } monitor && !ReadWaiting(monitor));   // what has gone since is told there
    }

    private bool ReadWaiting(RouteMonitor monitor)
    {
        _events.Clear();
        monitor.ReadWaiting(_events);
        return _ranges.Apply(_events);
    }

    private async Task FollowAsync(RouteMonitor monitor)
    {
        Task reporting = Task.CompletedTask;
        try
        {
            // It goes on reading while interfaces settle: what waits is read by whoever chooses the next pool.
            while (await monitor.WaitAsync(_stop.Token).ConfigureAwait(false))
            {
                await CatchUpWhileFollowingAsync().ConfigureAwait(false);
                if (_ranges.HasSuspects && reporting.IsCompleted)
                {
                    reporting = ReportSettledAsync();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The end of the watch.
        }

        await reporting.ConfigureAwait(false);
    }

    private async Task ReportSettledAsync()
    {
        try
        {
            await Task.Delay(Settling, _time, _stop.Token).ConfigureAwait(false);
            await CatchUpWhileFollowingAsync().ConfigureAwait(false);
            await ReportAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The end of the watch.
        }
    }

    private async Task ReportAsync()
    {
        try
        {
            if (_ranges.HasCollisions)
            {
                // An IPv6 address is told when the kernel has taken it up, its route at once: on a busy machine a link of our own would be a stranger's.
                await ReloadAsync(_stop.Token).ConfigureAwait(false);
            }

            IReadOnlyList<RouteCollision> collisions = _ranges.TakeCollisions();
            if (collisions.Count > 0)
            {
                await _collisions.ReportAsync(collisions, await ReadAvoidedAsync(_stop.Token).ConfigureAwait(false), _stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.NotReported(_logger, exception);   // an IPAM driver of others may throw anything; the watch goes on
        }
    }

    private async Task CatchUpWhileFollowingAsync()
    {
        try
        {
            await CatchUpAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (KernelException refused)
        {
            Log.NotRead(_logger, refused);   // the next change, or the next network, tries again
        }
        catch (ObjectDisposedException) when (_stop.IsCancellationRequested)
        {
            // The end of the watch.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.HostRangesNotRead, LogLevel.Error, "The host's routes could not be read; collisions with pools may go unseen.", EventName = nameof(NotRead))]
        public static partial void NotRead(ILogger logger, Exception refused);

        [LoggerMessage(EventIds.PoolCollisionsNotReported, LogLevel.Error, "Collisions of pools with the host's routes could not be reported.", EventName = nameof(NotReported))]
        public static partial void NotReported(ILogger logger, Exception exception);
    }
}
