using System.Collections.Concurrent;
using LibNetwork.Controller;
using LibNetwork.Linux;
using LibNetwork.Linux.Monitoring;
using LibNetwork.Linux.Rtnetlink;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Reconciliation;

/// <summary>Keeps the kernel as the controller's objects say: hears what is taken away, compares, and puts it back.</summary>
/// <remarks>
/// A notification is only a hint which object to compare. So it does not matter who made a change, nor whether notifications were lost;
/// and since objects are compared between their verbs, what a verb does is never taken for a difference. All of it is one loop.
/// </remarks>
internal sealed partial class Reconciler : IAsyncDisposable
{
    /// <summary>How often notifications are read: two system calls when nothing has happened, and the waking of a pool thread. A burst is one reading.</summary>
    public static readonly TimeSpan ReadTime = TimeSpan.FromMilliseconds(200);

    /// <summary>How often what the kernel announces no change of is compared: one request for each network.</summary>
    public static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(800);

    private static readonly TimeSpan RetryTime = TimeSpan.FromMilliseconds(100);   // for what a verb was working on
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private readonly NetworkController _controller;
    private readonly HostMonitor _monitor;
    private readonly KeptFirewall _firewall;
    private readonly KeptForeignRules _foreignRules;
    private readonly ConcurrentDictionary<int, Sandbox> _sandboxes = new();   // by the host's number for their namespaces
    private readonly HashSet<IKept> _pending = [];
    private readonly Dictionary<IKept, DateTimeOffset> _retries = [];
    private readonly Dictionary<IKept, RepairHistory> _histories = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    private Reconciler(NetworkController controller, HostMonitor monitor)
    {
        _controller = controller;
        _monitor = monitor;
        _firewall = new KeptFirewall(controller.Services.Firewall);
        _foreignRules = new KeptForeignRules(controller.Services.Firewall);
        if (!monitor.SeesOtherNamespaces)
        {
            Log.SandboxesNotWatched(Services.Logger);
        }

        ExpectAnything();
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Whether what happens inside sandboxes is heard.</summary>
    public bool SeesSandboxes => _monitor.SeesOtherNamespaces;

    private ControllerServices Services => _controller.Services;

    private DateTimeOffset Now => Services.Time.GetUtcNow();

    /// <summary>Begins to watch, and compares everything once.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static async Task<Reconciler> StartAsync(NetworkController controller, CancellationToken cancellationToken)
    {
        HostMonitor monitor = await controller.Services.Kernel.RunAsync(
            static (session, _) => HostMonitor.Open(session.HostNamespace, session.Nftables), 0, cancellationToken).ConfigureAwait(false);
        return new Reconciler(controller, monitor);
    }

    /// <summary>Hears from now on what happens inside a sandbox.</summary>
    public async ValueTask AddAsync(Sandbox sandbox, CancellationToken cancellationToken)
    {
        if (await sandbox.IdentifyAsync(cancellationToken).ConfigureAwait(false) && sandbox.NamespaceId is { } id)
        {
            _sandboxes[id] = sandbox;
        }
    }

    public void Forget(Sandbox sandbox)
    {
        // The number may be another sandbox's by now.
        if (sandbox.NamespaceId is { } id)
        {
            _sandboxes.TryRemove(KeyValuePair.Create(id, sandbox));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _monitor.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        DateTimeOffset nextPoll = Now + PollTime;
        TimeSpan pause = ReadTime;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await MendPendingAsync().ConfigureAwait(false);
                await Task.Delay(pause, Services.Time, _stop.Token).ConfigureAwait(false);
                pause = ReadTime;
                await TakeUpAsync(_monitor.Read()).ConfigureAwait(false);
                if (Now >= nextPoll)
                {
                    await PollAsync().ConfigureAwait(false);
                    nextPoll = Now + PollTime;
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;   // the host was closed under us: nothing is left to watch
            }
            catch (Exception failure) when (failure is KernelException or InvalidDataException)
            {
                Log.WatchingFailed(Services.Logger, failure);
                ExpectAnything();
                pause = RepairHistory.FirstRest;
            }
        }
    }

    private void ExpectAnything()
    {
        _pending.Add(_firewall);
        _pending.Add(_foreignRules);
        _pending.UnionWith(_controller.Networks.Cast<Network>());
        _pending.UnionWith(_controller.Sandboxes.Cast<Sandbox>());
    }

    /// <summary>Finds the objects that changes may have hurt.</summary>
    private async Task TakeUpAsync(HostChanges changes)
    {
        if (changes == HostChanges.None)
        {
            return;
        }

        if (changes.Overrun)
        {
            Log.ChangesLost(Services.Logger);
            ExpectAnything();
            return;
        }

        if (_firewall.Holds(changes.Tables))
        {
            _pending.Add(_firewall);
        }

        if (_foreignRules.IsWanted && changes.Tables.Count > 0)
        {
            _pending.Add(_foreignRules);   // whichever table it was: a chain may have come
        }

        IReadOnlySet<string> links = changes.Interfaces.Count == 0 ? changes.Links : await NamesOfAsync(changes).ConfigureAwait(false);
        if (links.Count > 0 || changes.ForwardingTurnedOff)
        {
            _pending.UnionWith(_controller.Networks.Cast<Network>().Where(network => changes.ForwardingTurnedOff || network.Needs(links)));
        }

        if (changes.Links.Count > 0)
        {
            _pending.UnionWith(_controller.Sandboxes.Cast<Sandbox>().Where(sandbox => sandbox.Needs(changes.Links)));
        }

        foreach (int id in changes.Namespaces)
        {
            if (_sandboxes.TryGetValue(id, out Sandbox? sandbox))
            {
                _pending.Add(sandbox);
            }
        }
    }

    private ValueTask<HashSet<string>> NamesOfAsync(HostChanges changes) => Services.Kernel.RunAsync(
        static (session, changes) =>
        {
            HashSet<string> names = [.. changes.Links];
            names.UnionWith(changes.Interfaces.Select(index => index > 0 ? session.Route.FindLink(index)?.Name : null).OfType<string>());
            return names;
        },
        changes,
        _stop.Token);

    /// <summary>Compares what the kernel says nothing about when it changes.</summary>
    private async Task PollAsync()
    {
        foreach (Network network in _controller.Networks.Cast<Network>())
        {
            Comparison silent = new(Repair: false, TimeSpan.Zero) { OnlySilentChanges = true };
            if (!_pending.Contains(network) && await TryAsync(network, silent).ConfigureAwait(false) is { Findings.Count: > 0 } or { Failure: not null })
            {
                _pending.Add(network);
            }
        }

        DateTimeOffset now = Now;
        foreach (IKept over in _histories.Where(history => history.Value.IsOver(now)).Select(history => history.Key).ToArray())
        {
            _histories.Remove(over);
        }
    }

    private async Task MendPendingAsync()
    {
        DateTimeOffset now = Now;
        foreach (IKept due in _retries.Where(retry => retry.Value <= now).Select(retry => retry.Key).ToArray())
        {
            _retries.Remove(due);
            _pending.Add(due);
        }

        // What protects comes first, what is connected comes after what it is connected to.
        IKept[] ordered = [.. _pending.OrderBy(kept => kept switch { KeptFirewall => 0, Network => 1, _ => 2 })];
        _pending.Clear();
        foreach (IKept kept in ordered)
        {
            _stop.Token.ThrowIfCancellationRequested();
            await MendAsync(kept).ConfigureAwait(false);
        }
    }
}
