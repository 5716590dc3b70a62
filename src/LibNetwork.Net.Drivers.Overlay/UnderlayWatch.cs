using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Calls back a moment after the host's links or routes have changed. One netlink socket, from the first start on.</summary>
internal sealed class UnderlayWatch(HostKernel kernel, Func<CancellationToken, Task> changed, Action<Exception> report, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(100);   // what changes, changes in several steps

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private RouteMonitor? _monitor;
    private Task _following = Task.CompletedTask;

    /// <summary>Begins to watch, if it is not so already.</summary>
    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _monitor) is not null)
        {
            return;
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            if (_monitor is null)
            {
                _monitor = await kernel.RunAsync(
                    static (session, _) => RouteMonitor.Open(session.HostNamespace, RouteEventGroups.Links | RouteEventGroups.Routes), 0, cancellationToken)
                    .ConfigureAwait(false);
                _following = FollowAsync(_monitor);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;   // it is registered under several names
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        await _following.ConfigureAwait(false);
        _monitor?.Dispose();
    }

    private async Task FollowAsync(RouteMonitor monitor)
    {
        Queue<RouteEvent> events = new();
        try
        {
            while (await monitor.WaitAsync(_stop.Token).ConfigureAwait(false))
            {
                await Task.Delay(Settling, time, _stop.Token).ConfigureAwait(false);
                try
                {
                    monitor.ReadWaiting(events);   // before the look: what comes after it wakes again
                    events.Clear();
                    await changed(_stop.Token).ConfigureAwait(false);
                }
                catch (KernelException refused)
                {
                    report(refused);   // the next change tries again
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The end of the watch.
        }
        catch (ObjectDisposedException)
        {
            // The host was closed under us: nothing is left to watch.
        }
    }
}
