using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;
using LibNetwork.Internal;
using Mvccpb;

namespace LibNetwork.Stores.Etcd;

/// <summary>One watcher: a stream of one member, and the next member's from the same revision when it breaks.</summary>
internal sealed class EtcdWatch(EtcdCluster cluster, TimeProvider time, ByteString prefix, long revision) : IDisposable
{
    private readonly Backoff _backoff = new(time);
    private long _next = revision + 1;
    private EtcdMember? _member;
    private AsyncDuplexStreamingCall<WatchRequest, WatchResponse>? _call;

    /// <summary>The next changes, whole revisions of them.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Unavailable"/>: etcd has compacted what comes next.</exception>
    public async Task<IReadOnlyList<Event>> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                _call ??= await OpenAsync(cancellationToken).ConfigureAwait(false);
                if (!await _call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
                {
                    await BreakAsync(cancellationToken).ConfigureAwait(false);
                    continue;
                }
            }
            catch (RpcException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            catch (RpcException refused) when (EtcdErrors.IsTransient(refused) || EtcdErrors.IsUnknownUser(refused))
            {
                if (EtcdErrors.IsUnknownUser(refused))
                {
                    cluster.SignOut();
                }

                await BreakAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }
            catch (RpcException refused)
            {
                throw EtcdErrors.Translate(refused, _member!.Endpoint, "a watch");   // a call was opened of some member
            }

            WatchResponse response = _call.ResponseStream.Current;
            if (response.Canceled)
            {
                if (response.CompactRevision > 0)
                {
                    throw EtcdErrors.TooFarBehind();
                }

                await BreakAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            _backoff.Reset();
            if (response.Events.Count > 0)
            {
                _next = response.Events[^1].Kv.ModRevision + 1;
                return response.Events;
            }

            if (!response.Created)
            {
                // Nothing of ours up to there, so a compaction up to there takes nothing from us.
                _next = Math.Max(_next, response.Header.Revision + 1);
            }
        }
    }

    public void Dispose() => _call?.Dispose();

    private async Task<AsyncDuplexStreamingCall<WatchRequest, WatchResponse>> OpenAsync(CancellationToken cancellationToken)
    {
        _member = cluster.Current;
        CallOptions options = await cluster.StreamOptionsAsync(_member, cancellationToken).ConfigureAwait(false);
        AsyncDuplexStreamingCall<WatchRequest, WatchResponse> call = _member.Watches.Watch(options);
        try
        {
            await call.RequestStream.WriteAsync(
                new WatchRequest
                {
                    CreateRequest = new WatchCreateRequest { Key = prefix, RangeEnd = KeySpace.EndOf(prefix), StartRevision = _next, ProgressNotify = true },
                },
                cancellationToken).ConfigureAwait(false);
            return call;
        }
        catch
        {
            call.Dispose();
            throw;
        }
    }

    private async Task BreakAsync(CancellationToken cancellationToken)
    {
        _call?.Dispose();
        _call = null;
        if (_member is not null)
        {
            cluster.Leave(_member);
        }

        await _backoff.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
