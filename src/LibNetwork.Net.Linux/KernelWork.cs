using System.Threading.Tasks.Sources;

namespace LibNetwork.Linux;

/// <summary>A piece of work that waits for its turn.</summary>
internal abstract class KernelWork
{
    public abstract void Run(KernelSession session);
}

/// <summary>A piece of work with its state and result. Pooled, so that a request allocates nothing in steady state.</summary>
internal sealed class KernelWork<TState, TResult> : KernelWork, IValueTaskSource<TResult>
{
    private const int MaxPooled = 32;

    [ThreadStatic]
    private static Stack<KernelWork<TState, TResult>>? t_pool;

    private ManualResetValueTaskSourceCore<TResult> _core = new() { RunContinuationsAsynchronously = true };
    private Func<KernelSession, TState, TResult>? _work;
    private TState? _state;
    private CancellationToken _cancellationToken;

    public static KernelWork<TState, TResult> Rent(
        Func<KernelSession, TState, TResult> work, TState state, CancellationToken cancellationToken)
    {
        KernelWork<TState, TResult> item = t_pool is { Count: > 0 } pool ? pool.Pop() : new KernelWork<TState, TResult>();
        item._work = work;
        item._state = state;
        item._cancellationToken = cancellationToken;
        return item;
    }

    public ValueTask<TResult> Task => new(this, _core.Version);

    public override void Run(KernelSession session)
    {
        if (_cancellationToken.IsCancellationRequested)
        {
            _core.SetException(new OperationCanceledException(_cancellationToken));
            return;
        }

        TResult result;
        try
        {
            result = _work!(session, _state!);   // both are set by Rent
            session.ThrowIfUnsent();
        }
        catch (Exception exception)
        {
            // Changes that the failed work had only begun to collect must not travel with the next work's.
            session.ForgetUnsent();
            _core.SetException(exception);
            return;
        }

        _core.SetResult(result);
    }

    public TResult GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            _work = null;
            _state = default;
            Stack<KernelWork<TState, TResult>> pool = t_pool ??= new Stack<KernelWork<TState, TResult>>();
            if (pool.Count < MaxPooled)
            {
                pool.Push(this);
            }
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);
}
