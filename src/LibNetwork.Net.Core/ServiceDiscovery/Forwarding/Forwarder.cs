using System.Collections.Concurrent;
using System.Collections.Immutable;
using LibNetwork.Linux.Namespaces;
using LibNetwork.ServiceDiscovery.Dns;
using LibNetwork.ServiceDiscovery.Names;
using Microsoft.Extensions.Logging;

namespace LibNetwork.ServiceDiscovery.Forwarding;

/// <summary>Asks servers outside on behalf of one sandbox: so many questions at a time, each only once at a time.</summary>
/// <remarks>
/// The same question that is being asked already is not asked again; whoever repeats it gets the same answer. So a question that comes back
/// to this resolver in a circle ends here, and takes nothing along.
/// </remarks>
internal sealed partial class Forwarder(
    DnsResolverOptions options,
    TimeProvider time,
    ILogger logger,
    NetworkNamespace inside,
    NetworkNamespace host,
    Func<SandboxView> view,
    Func<ImmutableArray<UpstreamServer>> servers) : IDisposable
{
    private const int MostServers = 3;
    private const int WaitingPerSlot = 2;

    // A negative answer of a server that was only asked because a better one is slow waits so long for that one.
    private static readonly TimeSpan Deference = TimeSpan.FromMilliseconds(400);

    // A server that was overtaken may say so long that it is alive.
    private static readonly TimeSpan Afterthought = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Question, Task<ForwardedAnswer>> _asked = new();
    private readonly SemaphoreSlim _slots = new(options.MaxForwarded, options.MaxForwarded);
    private readonly CancellationTokenSource _end = new();
    private int _pending;

    /// <summary>How many questions are outside or wait for that.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Takes a place for one question.</summary>
    /// <returns>Whether there was one; then asking must follow, which gives it back.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _pending) <= WaitingPerSlot * options.MaxForwarded)
        {
            return true;
        }

        Interlocked.Decrement(ref _pending);
        return false;
    }

    /// <summary>Asks outside. It does not throw.</summary>
    public async Task<ForwardedAnswer> AskAsync(Question question)
    {
        try
        {
            TaskCompletionSource<ForwardedAnswer> own = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Task<ForwardedAnswer> answer = _asked.GetOrAdd(question, own.Task);
            if (answer == own.Task)
            {
                own.SetResult(await AskOnceAsync(question).ConfigureAwait(false));
            }

            return await answer.ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    /// <summary>Ends what is under way; it is answered with a failure.</summary>
    public void Dispose() => _end.Cancel();

    private async Task<ForwardedAnswer> AskOnceAsync(Question question)
    {
        try
        {
            if (!await _slots.WaitAsync(options.ForwardPatience, _end.Token).ConfigureAwait(false))
            {
                return ForwardedAnswer.TooMany;
            }

            List<Attempt> attempts = [];
            CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
            try
            {
                return await AskInOrderAsync(question, attempts, over.Token).ConfigureAwait(false);
            }
            finally
            {
                _ = FinishAsync(attempts, over);
            }
        }
        catch (OperationCanceledException)
        {
            return ForwardedAnswer.Failed;   // the sandbox is going
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception);   // the client hears of it, and so does whoever reads the log
            return ForwardedAnswer.Failed;
        }
        finally
        {
            _asked.TryRemove(question, out _);
        }
    }

    /// <summary>Lets those who were overtaken say that they are alive, then gives the slot back.</summary>
    private async Task FinishAsync(List<Attempt> attempts, CancellationTokenSource over)
    {
        over.CancelAfter(Afterthought);
        await Task.WhenAll(attempts.Select(attempt => attempt.Reply)).ConfigureAwait(false);
        over.Dispose();
        _slots.Release();
    }

    private async Task<ForwardedAnswer> AskInOrderAsync(Question question, List<Attempt> attempts, CancellationToken over)
    {
        long began = time.GetTimestamp();
        UpstreamServer[] order = InOrder();
        if (order.Length == 0)
        {
            return view().HasWayOut ? ForwardedAnswer.Failed : ForwardedAnswer.NoWayOut;
        }

        List<Attempt> pending = [];
        (Attempt Attempt, byte[] Reply)? kept = null;
        int next = 0;
        while (true)
        {
            if (pending.Count == 0 && kept is not null)
            {
                return Accept(kept.Value.Attempt, kept.Value.Reply);
            }

            if (pending.Count == 0 && next == order.Length)
            {
                return ForwardedAnswer.Failed;
            }

            if (pending.Count == 0)
            {
                Start(order[next++]);
                continue;
            }

            Attempt? done = await FirstAsync(pending, PauseOf(pending, next < order.Length, kept is null ? null : Deference - time.GetElapsedTime(began)), over)
                .ConfigureAwait(false);
            if (done is null)
            {
                if (kept is not null)
                {
                    return Accept(kept.Value.Attempt, kept.Value.Reply);
                }

                Start(order[next++]);
                continue;
            }

            bool isPreferred = pending[0] == done;
            pending.Remove(done);
            if (await done.Reply.ConfigureAwait(false) is not { } reply || DnsReplyCheck.CodeOf(reply) is DnsResponseCode.ServerFailure or DnsResponseCode.Refused)
            {
                continue;
            }

            // The servers' order may matter: the second need not know the names that the first knows.
            if (isPreferred || !DnsReplyCheck.IsNegative(reply))
            {
                return Accept(done, reply);
            }

            kept ??= (done, reply);
        }

        void Start(UpstreamServer server)
        {
            if (!server.IsReachedFromHost || view().HasWayOut)   // asked again each time: the way out may be gone by now
            {
                Attempt attempt = new(server, AskAsync(server, question, over));
                attempts.Add(attempt);
                pending.Add(attempt);
            }
        }
    }

    private static TimeSpan? PauseOf(List<Attempt> pending, bool hasMore, TimeSpan? deference)
        => deference is { } left ? (left > TimeSpan.Zero ? left : TimeSpan.Zero)
            : hasMore ? pending[^1].Server.Hedge
            : null;

    /// <returns>The first that is done; <see langword="null"/> when the pause is over before.</returns>
    private async Task<Attempt?> FirstAsync(List<Attempt> pending, TimeSpan? pause, CancellationToken over)
    {
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(over);
        IEnumerable<Task> tasks = pending.Select(attempt => (Task)attempt.Reply);
        Task delay = pause is { } limited ? Task.Delay(limited, time, enough.Token) : Task.Delay(Timeout.InfiniteTimeSpan, enough.Token);
        Task first = await Task.WhenAny(tasks.Append(delay)).ConfigureAwait(false);
        over.ThrowIfCancellationRequested();
        await enough.CancelAsync().ConfigureAwait(false);
        return pending.Find(attempt => attempt.Reply == first);
    }

    private static ForwardedAnswer Accept(Attempt attempt, byte[] reply) => new(reply, DnsReplyCheck.CodeOf(reply), attempt.Server.EndPoint);

    private async Task<byte[]?> AskAsync(UpstreamServer server, Question question, CancellationToken over)
    {
        long asked = time.GetTimestamp();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(over);
        limit.CancelAfter(options.ServerTimeout);
        try
        {
            byte[]? reply = await Exchange.AskAsync(IsAskedFromHost(server) ? host : inside, server.EndPoint, question, limit.Token).ConfigureAwait(false);
            if (reply is null)
            {
                server.Silent(asked);
            }
            else
            {
                server.Answered(asked);
            }

            return reply;
        }
        catch (OperationCanceledException)
        {
            server.Silent(asked);
            return null;
        }
    }

    /// <summary>The user's server is asked from inside, unless a policy closes the way to it there: what programs may not reach, the resolver may.</summary>
    private bool IsAskedFromHost(UpstreamServer server)
        => server.IsReachedFromHost || (view() is { HasWayOut: true, Egress: { } egress } && egress.Hides(server.EndPoint.Address));

    private UpstreamServer[] InOrder()
    {
        bool hasWayOut = view().HasWayOut;
        UpstreamServer[] allowed = [.. servers().Where(server => !server.IsReachedFromHost || hasWayOut).Take(MostServers)];
        bool[] suspect = [.. allowed.Select(server => server.IsSuspect())];
        return [.. allowed.Where((_, index) => !suspect[index]), .. allowed.Where((_, index) => suspect[index])];
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ForwardingFailed, LogLevel.Error, "A question could not be asked outside.", EventName = nameof(Failed))]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
