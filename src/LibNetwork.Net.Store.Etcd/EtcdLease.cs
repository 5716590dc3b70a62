using Etcdserverpb;
using Grpc.Core;
using LibNetwork.Internal;

namespace LibNetwork.Stores.Etcd;

/// <summary>A lease, and the loop that renews it.</summary>
internal sealed class EtcdLease : IStoreLease
{
    private static readonly TimeSpan MostPatience = TimeSpan.FromSeconds(2);   // with one member, before another is asked

    private readonly EtcdCluster _cluster;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly ITimer _expiry;
    private readonly Task _renewing;
    private int _disposed;

    private EtcdLease(EtcdCluster cluster, TimeProvider time, long id, TimeSpan duration, long asked)
    {
        (_cluster, _time) = (cluster, time);
        (Id, Duration) = (id, duration);
        Ended = _ended.Token;
        _expiry = time.CreateTimer(_ => _ended.Cancel(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        CountFrom(asked);
        _renewing = RenewAsync();
    }

    public long Id { get; }

    public TimeSpan Duration { get; }

    public CancellationToken Ended { get; }

    public static async Task<EtcdLease> GrantAsync(EtcdCluster cluster, TimeProvider time, TimeSpan duration, CancellationToken cancellationToken)
    {
        long seconds = (long)Math.Ceiling(duration.TotalSeconds), asked = 0;
        LeaseGrantResponse granted = await cluster.AskAsync(
            "a lease",
            async (member, options, _) =>
            {
                asked = time.GetTimestamp();
                return await member.Leases.LeaseGrantAsync(new LeaseGrantRequest { TTL = seconds }, options).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return new EtcdLease(cluster, time, granted.ID, TimeSpan.FromSeconds(granted.TTL), asked);
    }

    /// <summary>Gives it back, and its keys with it; when nobody can be told, it ends by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        await _expiry.DisposeAsync().ConfigureAwait(false);
        if (!Ended.IsCancellationRequested)
        {
            try
            {
                await _cluster.AskAsync(
                    "the end of a lease",
                    async (member, options, _) => await member.Leases.LeaseRevokeAsync(new LeaseRevokeRequest { ID = Id }, options).ConfigureAwait(false),
                    CancellationToken.None).ConfigureAwait(false);
            }
            catch (NetworkException unreachable) when (unreachable.IsTransient)
            {
                // It ends by itself.
            }
            catch (RpcException refused) when (EtcdErrors.IsLeaseGone(refused))
            {
                // It has.
            }

            await _ended.CancelAsync().ConfigureAwait(false);
        }

        _stop.Dispose();
        _ended.Dispose();
    }

    private async Task RenewAsync()
    {
        Backoff backoff = new(_time);
        TimeSpan pause = Duration / 3;
        try
        {
            while (!Ended.IsCancellationRequested)
            {
                await Task.Delay(pause, _time, _stop.Token).ConfigureAwait(false);
                long asked = _time.GetTimestamp();
                long? left = await TryRenewAsync().ConfigureAwait(false);
                if (left is null)
                {
                    pause = TimeSpan.Zero;
                    await backoff.WaitAsync(_stop.Token).ConfigureAwait(false);
                    continue;
                }

                if (left <= 0)
                {
                    break;   // it is gone
                }

                backoff.Reset();
                pause = Duration / 3;
                CountFrom(asked);
            }

            await _ended.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception stopped) when (stopped is RpcException or OperationCanceledException && _stop.IsCancellationRequested)
        {
            // Whoever disposes it says the rest.
        }
    }

    /// <summary>Ends it when it has not been renewed for so long, whatever is being tried then: counted from before etcd counts, never from after.</summary>
    private void CountFrom(long asked)
    {
        TimeSpan left = Duration - _time.GetElapsedTime(asked);
        _expiry.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <returns>The seconds that it lasts now, 0 when it is gone; <see langword="null"/> when nobody answered.</returns>
    private async Task<long?> TryRenewAsync()
    {
        EtcdMember member = _cluster.Current;
        using CancellationTokenSource limit = new(TimeSpan.FromTicks(Math.Min((Duration / 3).Ticks, MostPatience.Ticks)), _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        try
        {
            CallOptions options = await _cluster.StreamOptionsAsync(member, either.Token).ConfigureAwait(false);
            using AsyncDuplexStreamingCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> call = member.Leases.LeaseKeepAlive(options);
            await call.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = Id }, either.Token).ConfigureAwait(false);
            return await call.ResponseStream.MoveNext(either.Token).ConfigureAwait(false) ? call.ResponseStream.Current.TTL : null;
        }
        catch (RpcException refused) when (EtcdErrors.IsLeaseGone(refused))
        {
            return 0;
        }
        catch (Exception failure) when (failure is RpcException or OperationCanceledException && !_stop.IsCancellationRequested)
        {
            if (failure is RpcException { StatusCode: StatusCode.Unauthenticated })
            {
                _cluster.SignOut();
            }

            _cluster.Leave(member);
            return null;
        }
    }
}
