using System.Collections.Concurrent;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Native;

namespace LibNetwork.Linux;

/// <summary>The kernel as one host sees it: every change to that host's networking goes through here, one at a time and in order.</summary>
/// <remarks>
/// One at a time, because the kernel serialises these requests anyway (more threads make them slower). Work that finds nobody before it
/// runs at once on the caller's thread, which saves two changes of thread; other work waits for the kernel thread. The methods are
/// thread safe.
/// </remarks>
public sealed class HostKernel : IAsyncDisposable
{
    private readonly BlockingCollection<KernelWork> _queue = [];
    private readonly Lock _turn = new();
    private readonly Lock _threadGate = new();
    private readonly Thread _thread;
    private readonly KernelSession _session;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _claimTurn = new(1, 1);
    private HostClaim? _claim;
    private bool _hasThread;
    private int _waiting;
    private int _disposed;

    private HostKernel(NetworkNamespace host, HostKernelOptions options)
    {
        HostNamespace = host;
        Reaper = new LinkReaper(host);
        try
        {
            _session = new KernelSession(host, options.Observer ?? options.Substitute?.Observer, Reaper);
        }
        catch
        {
            Reaper.Abandon();
            throw;
        }

        _thread = new Thread(Work) { IsBackground = true, Name = "libnetwork kernel" };
    }

    /// <summary>The host's namespace.</summary>
    public NetworkNamespace HostNamespace { get; }

    /// <summary>Whether something else stands in for the kernel; see <see cref="HostKernelOptions.Substitute"/>.</summary>
    public bool IsSubstitute => HostNamespace.Substitute is not null;

    /// <summary>Deletes links in the background.</summary>
    public LinkReaper Reaper { get; }

    /// <summary>Opens the kernel of a host.</summary>
    /// <exception cref="KernelException">
    /// The namespace is not there or is no network namespace, or the process lacks the capabilities CAP_NET_ADMIN and CAP_SYS_ADMIN.
    /// </exception>
    public static HostKernel Open(HostKernelOptions? options = null)
    {
        options ??= new HostKernelOptions();
        NetworkNamespace host = options.Substitute is { } substitute
            ? new NetworkNamespace(substitute, substitute.OpenNamespace(options.NamespacePath), options.NamespacePath)
            : options.NamespacePath is { } path ? NetworkNamespace.Open(path) : NetworkNamespace.OpenHome();
        try
        {
            return new HostKernel(host, options);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Takes this host for this object until it is disposed: whoever takes it may remove what others left. Costs nothing again.</summary>
    /// <returns><see langword="null"/> when this object has it; otherwise the id of the process that does, 0 when it cannot be seen from here.</returns>
    /// <exception cref="KernelException">The kernel refused the socket that stands for it.</exception>
    /// <exception cref="ObjectDisposedException">The kernel was disposed.</exception>
    public ValueTask<int?> ClaimAsync(CancellationToken cancellationToken = default)
        => Volatile.Read(ref _claim) is not null ? new ValueTask<int?>((int?)null) : ClaimOnceAsync(cancellationToken);

    /// <summary>Makes a folder that namespaces can be pinned in; one that is there is fine.</summary>
    /// <exception cref="UnauthorizedAccessException">The process may not.</exception>
    public void PrepareFolder(string folder)
    {
        if (!IsSubstitute)
        {
            Directory.CreateDirectory(folder);
        }
    }

    /// <summary>The files in a folder, to which namespaces may be pinned; none when there is no such folder.</summary>
    public IReadOnlyList<string> ListPins(string folder)
        => HostNamespace.Substitute is { } substitute ? substitute.ListNamespaces(folder)
            : Directory.Exists(folder) ? Directory.GetFiles(folder)
            : [];

    /// <summary>Runs work when its turn comes. Work that has begun runs to its end; a token cancels only before that.</summary>
    /// <param name="work">
    /// The work; it must not block on anything but the kernel, nor ask for another turn and wait. A static lambda allocates nothing.
    /// </param>
    /// <param name="state">What the work needs.</param>
    /// <param name="cancellationToken">Cancels the wait for a turn; the work has then not begun.</param>
    /// <exception cref="KernelException">What the work throws is thrown here.</exception>
    /// <exception cref="ObjectDisposedException">The kernel was disposed.</exception>
    public ValueTask<TResult> RunAsync<TState, TResult>(
        Func<KernelSession, TState, TResult> work, TState state, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        KernelWork<TState, TResult> item = KernelWork<TState, TResult>.Rent(work, state, cancellationToken);
        ValueTask<TResult> task = item.Task;
        if (TryRunHere(item))
        {
            return task;
        }

        StartThread();
        Interlocked.Increment(ref _waiting);
        try
        {
            _queue.Add(item, CancellationToken.None);
        }
        catch (InvalidOperationException exception)
        {
            throw new ObjectDisposedException(nameof(HostKernel), exception);   // lost the race with DisposeAsync
        }

        return task;
    }

    /// <summary>Finishes queued work, deletes the links that are marked, and closes the sockets. Nothing else is removed from the kernel.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        bool hasThread;
        lock (_threadGate)
        {
            _queue.CompleteAdding();
            hasThread = _hasThread;
        }

        if (hasThread)
        {
            await _ended.Task.ConfigureAwait(false);
        }

        await Reaper.DisposeAsync().ConfigureAwait(false);
        lock (_turn)
        {
            _session.Dispose();
        }

        await _claimTurn.WaitAsync().ConfigureAwait(false);
        _claim?.Dispose();
        _claimTurn.Release();   // who waits for it finds the kernel disposed

        HostNamespace.Dispose();
        _queue.Dispose();
    }

    /// <summary>With the first work that must wait; where calls come one at a time there is none.</summary>
    private void StartThread()
    {
        lock (_threadGate)
        {
            ObjectDisposedException.ThrowIf(_queue.IsAddingCompleted, this);
            if (!_hasThread)
            {
                _thread.Start();
                _hasThread = true;
            }
        }
    }

    private async ValueTask<int?> ClaimOnceAsync(CancellationToken cancellationToken)
    {
        await _claimTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            if (_claim is not null)
            {
                return null;
            }

            (_claim, int holder) = await HostClaim.TakeAsync(HostNamespace, cancellationToken).ConfigureAwait(false);
            return _claim is null ? holder : null;
        }
        finally
        {
            _claimTurn.Release();
        }
    }

    private bool TryRunHere(KernelWork work)
    {
        // Not on the main thread: whoever reads /proc/self sees that thread's namespace, also while a window is open.
        if (Volatile.Read(ref _waiting) != 0 || (!IsSubstitute && SystemCalls.IsMainThread) || _turn.IsHeldByCurrentThread || !_turn.TryEnter())
        {
            return false;
        }

        try
        {
            if (_disposed != 0)
            {
                return false;
            }

            work.Run(_session);
            return true;
        }
        finally
        {
            _turn.Exit();
        }
    }

    private void Work()
    {
        foreach (KernelWork work in _queue.GetConsumingEnumerable())
        {
            lock (_turn)
            {
                Interlocked.Decrement(ref _waiting);
                work.Run(_session);
            }
        }

        _ended.SetResult();
    }
}
