using LibNetwork.Cluster;
using LibNetwork.Internal;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Controller;

/// <summary>
/// Makes a host's networks what the cluster's are: takes up what other nodes have created, does without what they have deleted, and claims anew what
/// this host has when the node's holding is another one. What cannot be done now is done later.
/// </summary>
internal sealed partial class ClusterFollower : IAsyncDisposable
{
    /// <summary>After how long something is tried again that failed and need not work soon.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly NetworkController _controller;
    private readonly ClusterNetworks _cluster;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<NetworkId, string> _refused = [];   // what was said last about networks that this host cannot have
    private readonly Task _listening;
    private readonly Task _following;

    public ClusterFollower(NetworkController controller, ClusterNetworks cluster)
    {
        (_controller, _cluster) = (controller, cluster);
        _listening = ListenAsync(cluster.Node.WatchEvents().GetAsyncEnumerator(_stop.Token));
        _following = FollowAsync(_stop.Token);
    }

    private enum Outcome
    {
        Done,
        Later,
        Soon,
    }

    private ControllerServices Services => _controller.Services;

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _following.ConfigureAwait(false);
            await _listening.ConfigureAwait(false);
            _stop.Dispose();
        }
    }

    /// <summary>What happens to the node is a reason to look.</summary>
    private async Task ListenAsync(IAsyncEnumerator<ControllerEvent> events)
    {
        await using (events.ConfigureAwait(false))
        {
            try
            {
                while (await events.MoveNextAsync().ConfigureAwait(false))
                {
                    _cluster.Wake();
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // It is over.
            }
        }
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        Backoff backoff = new(Services.Time);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Outcome outcome = await SynchroniseAsync(stop).ConfigureAwait(false);
                if (outcome == Outcome.Soon)
                {
                    await backoff.WaitAsync(stop).ConfigureAwait(false);
                    continue;
                }

                backoff.Reset();
                await WaitAsync(outcome == Outcome.Later ? Pause : Timeout.InfiniteTimeSpan, stop).ConfigureAwait(false);
            }
            catch (Exception ended) when (ended is ObjectDisposedException || (ended is OperationCanceledException && stop.IsCancellationRequested))
            {
                return;
            }
        }
    }

    private async Task WaitAsync(TimeSpan atMost, CancellationToken stop)
    {
        using CancellationTokenSource pause = new(atMost, Services.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop, pause.Token);
        try
        {
            await _cluster.Changes.WaitToReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Then without a reason.
        }

        _cluster.Changes.TryRead(out _);   // before looking, so that what happens meanwhile is a reason to look again
    }

    private async Task<Outcome> SynchroniseAsync(CancellationToken stop)
    {
        Outcome outcome = Outcome.Done;
        if (_cluster.Directory.IsRead)
        {
            foreach (Network network in _controller.SharedNetworks.Where(network => !_cluster.Directory.Has(network.State)))
            {
                outcome = Worse(outcome, await TryAsync(() => DropAsync(network), network.Subject).ConfigureAwait(false));
            }

            IReadOnlyList<SharedNetwork> there = _cluster.Directory.Networks;
            foreach (SharedNetwork shared in there.Where(shared => _cluster.IsWithdrawn(shared.State.Id)))
            {
                outcome = Worse(outcome, await TryAsync(() => _cluster.FinishWithdrawingAsync(shared, stop), $"network \"{shared.State.Name}\"").ConfigureAwait(false));
            }

            foreach (SharedNetwork shared in there.Where(shared => !_controller.Knows(shared.State.Id) && !_cluster.IsWithdrawn(shared.State.Id)))
            {
                outcome = Worse(outcome, await TakeUpAsync(shared, stop).ConfigureAwait(false));
            }

            foreach (NetworkId gone in _refused.Keys.Except(there.Select(static shared => shared.State.Id)).ToArray())
            {
                _refused.Remove(gone);
            }
        }

        return Worse(outcome, await SettleAsync(stop).ConfigureAwait(false));
    }

    /// <summary>Has the store say which networks this node has a part in.</summary>
    private async Task<Outcome> SettleAsync(CancellationToken stop)
    {
        Network[] open = [.. _controller.SharedNetworks.Where(static network => network.IsOpen)];
        if (open.Length == 0 || _cluster.Node is { HasLeft: true } or { Connection: ClusterConnection.CutOff })   // its events tell when that changes
        {
            return Outcome.Done;
        }

        Outcome outcome = await TryAsync(() => _cluster.Node.JoinAsync(stop), $"node {_cluster.Node.Name}").ConfigureAwait(false);
        foreach (Network network in outcome == Outcome.Done ? open : [])
        {
            outcome = Worse(outcome, await TryAsync(() => network.SettleAsync(stop), network.Subject).ConfigureAwait(false));
        }

        return outcome;
    }

    private async Task DropAsync(Network network)
    {
        if (await network.DropAsync().ConfigureAwait(false) is { } kind)
        {
            Tell(kind, network.State);
        }
    }

    private async Task<Outcome> TakeUpAsync(SharedNetwork shared, CancellationToken stop)
    {
        try
        {
            bool isNamed = await _controller.TakeUpAsync(shared.State, stop).ConfigureAwait(false);
            _refused.Remove(shared.State.Id);
            Tell(ClusterNetworkEventKind.Appeared, shared.State, creator: shared.NodeName);
            if (!isNamed)
            {
                Tell(ClusterNetworkEventKind.NameTaken, shared.State, "a network of this host alone has its name; find it by its id, or delete the other");
            }

            return Outcome.Done;
        }
        catch (NetworkException refused)
        {
            if (_refused.GetValueOrDefault(shared.State.Id) != refused.Message)
            {
                _refused[shared.State.Id] = refused.Message;
                Tell(ClusterNetworkEventKind.NotTakenUp, shared.State, refused.Message);
            }

            return Outcome.Later;
        }
    }

    private async Task<Outcome> TryAsync(Func<Task> work, string subject)
    {
        try
        {
            await work().ConfigureAwait(false);
            return Outcome.Done;
        }
        catch (NetworkException failure)
        {
            Log.Unsettled(Services.Logger, failure, subject);
            return failure.IsTransient || failure.Kind == NetworkErrorKind.NotFound ? Outcome.Soon : Outcome.Later;   // what is not there is heard of soon
        }
        catch (AggregateException several)
        {
            Log.Unsettled(Services.Logger, several, subject);
            return Outcome.Later;
        }
    }

    private static Outcome Worse(Outcome one, Outcome other) => one > other ? one : other;
}
