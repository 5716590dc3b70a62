using System.Net;
using System.Runtime.CompilerServices;
using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Mvccpb;

namespace LibNetwork.Stores.Etcd;

/// <summary>Keys in etcd v3, shared by all who have the same prefix.</summary>
/// <remarks>
/// Reads are linearizable. A commit whose answer is lost is asked again and happens once. It is cancelled only before it is sent; after that it
/// ends within <see cref="EtcdStoreOptions.RequestTimeout"/>. A transaction has at most as many keys as etcd takes, less one (127 by default).
/// </remarks>
public sealed partial class EtcdNetworkStore : ILeasingStore
{
    private const int Page = 1000;
    private const int MostCommits = 64;   // at once

    private readonly KeySpace _keys;
    private readonly EtcdStoreOptions _options;
    private readonly EtcdCluster _cluster;
    private readonly TimeProvider _time;
    private readonly ILogger<EtcdNetworkStore> _logger;
    private readonly SemaphoreSlim _commits = new(MostCommits, MostCommits);
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly CancellationTokenSource _disposing = new();
    private CommitSession? _session;
    private int _disposed;

    private EtcdNetworkStore(EtcdStoreOptions options, ILogger<EtcdNetworkStore> logger, TimeProvider time)
    {
        _keys = new KeySpace(options.Prefix);
        _options = options;
        _cluster = new EtcdCluster(options, time);
        (_time, _logger) = (time, logger);
    }

    /// <summary>Makes a store; nobody is asked before it is used.</summary>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.InvalidArgument"/>: there is no endpoint, no prefix, or a name where an address is needed.
    /// </exception>
    public static EtcdNetworkStore Open(EtcdStoreOptions options, ILogger<EtcdNetworkStore> logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrEmpty(options.Prefix))
        {
            throw NetworkException.InvalidArgument("etcd", nameof(options.Prefix), "is empty");
        }

        if (options.Endpoints.Count == 0)
        {
            throw NetworkException.InvalidArgument("etcd", nameof(options.Endpoints), "are none");
        }

        if (options.OpenSocket is not null && options.Endpoints.FirstOrDefault(static endpoint => !IPAddress.TryParse(endpoint.DnsSafeHost, out _)) is { } named)
        {
            throw NetworkException.InvalidArgument(
                "etcd", nameof(options.Endpoints), $"has {named}, whose address is needed where {nameof(options.OpenSocket)} is set");
        }

        return new EtcdNetworkStore(options, logger, time);
    }

    /// <inheritdoc/>
    public async ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        RangeResponse found = await RangeAsync(new RangeRequest { Key = _keys.DataKey(key) }, cancellationToken).ConfigureAwait(false);
        return found.Kvs.Count == 0 ? null : ToEntry(found.Kvs[0]);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StoreEntry>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        while (true)
        {
            try
            {
                List<StoreEntry> entries = await ListPagesAsync(_keys.DataKey(prefix), cancellationToken).ConfigureAwait(false);
                entries.Sort(static (one, other) => string.CompareOrdinal(one.Key, other.Key));   // etcd's order is that of UTF-8
                return entries;
            }
            catch (RpcException refused) when (EtcdErrors.IsCompacted(refused))
            {
                // Between two pages; there is a newer moment to list.
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long?> TryCommitAsync(StoreTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ThrowIfDisposed();
        if (transaction.Lease is not (null or EtcdLease))
        {
            throw NetworkException.InvalidArgument("store", nameof(transaction.Lease), "is another store's");
        }

        await _commits.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (bool isFirst = true; ; isFirst = false)
            {
                CommitSession session = await SessionAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    return await CommitAsync(transaction, session).ConfigureAwait(false);
                }
                catch (RpcException refused) when (EtcdErrors.IsLeaseGone(refused))
                {
                    Interlocked.CompareExchange(ref _session, null, session);
                    if (!isFirst)
                    {
                        throw new NetworkException(NetworkErrorKind.NotFound, "lease", "it has ended, and its keys are gone", refused)
                        {
                            Remedy = "take a new lease, and write under it what is still true",
                        };
                    }
                }
            }
        }
        finally
        {
            _commits.Release();
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoreChange> WatchAsync(
        string prefix, long revision, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ThrowIfDisposed();
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        using EtcdWatch watch = new(_cluster, _time, _keys.DataKey(prefix), revision);
        while (true)
        {
            IReadOnlyList<Event> events;
            try
            {
                events = await watch.NextAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                yield break;   // the store was disposed
            }

            foreach (Event change in events)
            {
                yield return new StoreChange(
                    _keys.NameOf(change.Kv.Key), change.Type == Event.Types.EventType.Delete ? (ReadOnlyMemory<byte>?)null : change.Kv.Value.Memory, change.Kv.ModRevision);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IStoreLease> LeaseAsync(TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.FromSeconds(1));
        ThrowIfDisposed();
        return await EtcdLease.GrantAsync(_cluster, _time, duration, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the connections. Leases that were not disposed end by themselves.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _disposing.CancelAsync().ConfigureAwait(false);
        if (_session is { } session)
        {
            await session.Lease.DisposeAsync().ConfigureAwait(false);
        }

        _cluster.Dispose();
        _disposing.Dispose();
    }

    private StoreEntry ToEntry(KeyValue found) => new(_keys.NameOf(found.Key), found.Value.Memory, found.ModRevision);

    private async Task<List<StoreEntry>> ListPagesAsync(ByteString start, CancellationToken cancellationToken)
    {
        List<StoreEntry> entries = [];
        RangeRequest request = new() { Key = start, RangeEnd = KeySpace.EndOf(start), Limit = Page };
        while (true)
        {
            RangeResponse page = await RangeAsync(request, cancellationToken).ConfigureAwait(false);
            entries.AddRange(page.Kvs.Select(ToEntry));
            if (!page.More)
            {
                return entries;
            }

            request.Key = ByteString.CopyFrom([.. page.Kvs[^1].Key.Span, 0]);   // the first key behind the last
            request.Revision = request.Revision == 0 ? page.Header.Revision : request.Revision;
        }
    }

    private Task<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        return _cluster.AskAsync("a read", async (member, options, _) => await member.Keys.RangeAsync(request, options).ConfigureAwait(false), cancellationToken);
    }

    private async Task<long?> CommitAsync(StoreTransaction transaction, CommitSession session)
    {
        CommitMark mark = session.Rent();
        EtcdCommit commit = new(_keys, transaction, session, mark);
        long? revision = await _cluster.AskAsync("a commit", commit.SendAsync, CancellationToken.None).ConfigureAwait(false);
        session.Return(mark);   // not after a failure: then nobody knows what it is
        return revision;
    }

    private async ValueTask<CommitSession> SessionAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _session) is { } open && !open.Lease.Ended.IsCancellationRequested)
        {
            return open;
        }

        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_session is null || _session.Lease.Ended.IsCancellationRequested)
            {
                bool isNew = _session is null;
                EtcdLease lease = await EtcdLease.GrantAsync(_cluster, _time, CommitSession.Duration, cancellationToken).ConfigureAwait(false);
                _session = new CommitSession(lease, _keys);
                if (!isNew)
                {
                    Log.SessionRenewed(_logger, _options.Prefix);
                }
            }

            return _session;
        }
        finally
        {
            _opening.Release();
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
}
