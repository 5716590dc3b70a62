using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Linux;

/// <summary>Deletes links of a host in the background, many at once.</summary>
/// <remarks>
/// Each single deletion waits 16 to 36 ms for the kernel's grace period; one deletion by group costs the same for a hundred links.
/// So whoever is done with a link takes it down and puts it in <see cref="CondemnedGroup"/> (20 us), and this deletes the group. A link inside another
/// namespace is deleted by its index: who lives in there could take it out of the group.
/// </remarks>
public sealed class LinkReaper : IAsyncDisposable
{
    /// <summary>The interface group of links that are to be deleted: "LNR" and a zero byte. Links in it belong to this library.</summary>
    public const uint CondemnedGroup = 0x4C4E_5200;

    /// <summary>
    /// The interface group of links that are being made: "LNR" and a one. Who makes a link puts it there in the same request, and takes it out
    /// with the last one. So a link that is found there at a start was left by a process that died; see <see cref="KernelSession.DeleteUnfinishedLinks"/>.
    /// </summary>
    public const uint UnfinishedGroup = CondemnedGroup + 1;

    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan RetryTime = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly byte[] _receiveBuffer = new byte[32 * 1024];
    private readonly AutoResetEvent _hurry = new(initialState: false);
    private readonly RtNetlink _route;
    private readonly Thread? _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<(NetworkNamespace Inside, int Link)> _condemnedInside = [];
    private TaskCompletionSource? _nextSweep;
    private TaskCompletionSource? _currentSweep;
    private bool _hasThread;
    private volatile bool _stopping;

    internal LinkReaper(NetworkNamespace host)
    {
        // A sweep belongs to no verb, so no observer sees it.
        _route = OpenRoute(host);
        if (host.Substitute is null)
        {
            _thread = new Thread(Work) { IsBackground = true, Name = "libnetwork reaper" };
        }
    }

    /// <summary>Closes what was opened when nobody will ever use it.</summary>
    internal void Abandon()
    {
        _route.Dispose();
        _wake.Dispose();
        _hurry.Dispose();
    }

    /// <summary>Says that a link was put in <see cref="CondemnedGroup"/>; it will be gone about 30 ms later.</summary>
    public void Notify() => Enqueue(inside: null, link: 0);

    /// <summary>Says that a link inside another namespace was cut off and put in <see cref="CondemnedGroup"/>; it will be gone some 30 ms later, each after the other.</summary>
    /// <param name="inside">The namespace, which is held until then; this object disposes it.</param>
    /// <param name="link">The link's index.</param>
    public void Notify(NetworkNamespace inside, int link)
    {
        ArgumentNullException.ThrowIfNull(inside);
        Enqueue(inside, link);
    }

    /// <summary>Completes when all links that were condemned so far are gone from the kernel.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            if (_nextSweep is null)
            {
                return _currentSweep?.Task ?? Task.CompletedTask;
            }

            _hurry.Set();   // somebody waits, so no others are waited for
            return _nextSweep.Task;
        }
    }

    /// <summary>Deletes what is condemned and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        bool hasThread;
        lock (_gate)
        {
            _stopping = true;
            hasThread = _hasThread;
        }

        _hurry.Set();
        _wake.Set();
        if (hasThread)
        {
            await _ended.Task.ConfigureAwait(false);
        }

        _route.Dispose();
        _wake.Dispose();
        _hurry.Dispose();
    }

    private void Enqueue(NetworkNamespace? inside, int link)
    {
        if (_thread is null)
        {
            Sweep(inside is null ? [] : [(inside, link)]);   // what stands in for the kernel does not wait, so nobody need wait for it
            return;
        }

        lock (_gate)
        {
            if (inside is not null)
            {
                _condemnedInside.Add((inside, link));
            }

            _nextSweep ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_hasThread && !_stopping)
            {
                _thread.Start();
                _hasThread = true;
            }
        }

        _wake.Set();
    }

    private void Work()
    {
        while (!HasEnded())
        {
            _wake.WaitOne();
            _hurry.WaitOne(GatherTime);   // others that are about to be condemned share the wait

            List<(NetworkNamespace Inside, int Link)> inside;
            lock (_gate)
            {
                _currentSweep = _nextSweep;
                _nextSweep = null;
                (inside, _condemnedInside) = (_condemnedInside, []);
            }

            if (_currentSweep is not null)
            {
                Sweep(inside);
                lock (_gate)
                {
                    _currentSweep.SetResult();
                    _currentSweep = null;
                }
            }
        }

        _ended.SetResult();
    }

    /// <summary>Whether it is told to stop and has nothing to do: what was condemned during a sweep is not in that sweep.</summary>
    private bool HasEnded()
    {
        lock (_gate)
        {
            return _stopping && _nextSweep is null;
        }
    }

    private void Sweep(List<(NetworkNamespace Inside, int Link)> condemnedInside)
    {
        Persist(() =>
        {
            _route.Batch.DeleteLinkGroup(CondemnedGroup);
            _route.Execute();
        });
        foreach ((NetworkNamespace inside, int link) in condemnedInside)
        {
            using (inside)
            {
                Persist(() => Delete(inside, link));
            }
        }
    }

    private void Delete(NetworkNamespace inside, int link)
    {
        using RtNetlink route = OpenRoute(inside);
        route.Batch.DeleteLink(link);
        route.ExecuteUnlessGone();
    }

    private RtNetlink OpenRoute(NetworkNamespace inside)
        => new(KernelSession.OpenNetlink(inside, NetlinkProtocol.Route, _receiveBuffer, observer: null), new NetlinkBatch());

    private void Persist(Action deletion)
    {
        while (true)
        {
            try
            {
                deletion();
                return;
            }
            catch (KernelException) when (!_stopping)
            {
                // A link may be busy for a moment, for example while its namespace dies; it is tried again until it is gone.
                Thread.CurrentThread.Join(RetryTime);
            }
            catch (KernelException)
            {
                return;   // the process is leaving: what stays is in our group, and the next start finds it
            }
        }
    }
}
