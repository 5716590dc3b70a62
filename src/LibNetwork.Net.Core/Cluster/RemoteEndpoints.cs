using System.Net;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

/// <summary>A network's endpoints on other nodes, which are followed while the network has joined endpoints here.</summary>
internal sealed partial class RemoteEndpoints(FollowedNetwork network, ClusterNode node, ILeasingStore store, ILogger logger, TimeProvider time) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HashSet<EndpointId> _joined = [];
    private RemoteFollowing? _following;
    private Task _ending = Task.CompletedTask;   // of followings that are over

    /// <summary>The endpoints, at this moment.</summary>
    public IReadOnlyList<RemoteEndpoint> All => Volatile.Read(ref _following)?.Endpoints ?? [];

    /// <summary>An endpoint is about to join here: whom it may talk to is read meanwhile.</summary>
    public async ValueTask FollowAsync(EndpointId joining)
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            _joined.Add(joining);
            _following ??= new RemoteFollowing(network, node, store, logger, time);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits until all that there is is known here, or was last known.</summary>
    public ValueTask ReadyAsync(CancellationToken cancellationToken) => Volatile.Read(ref _following)?.ReadyAsync(cancellationToken) ?? ValueTask.CompletedTask;

    /// <summary>Waits until nobody else has an address that this node has been given.</summary>
    public ValueTask YieldAsync(IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken)
        => Volatile.Read(ref _following)?.YieldAsync(addresses, cancellationToken) ?? ValueTask.CompletedTask;

    /// <summary>An endpoint has left. With the last nothing of other nodes is known here any more.</summary>
    public async ValueTask LetGoAsync(EndpointId left)
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (_joined.Remove(left) && _joined.Count > 0)
            {
                _following?.LookAgain();
            }
            else if (_joined.Count == 0 && _following is { } following)
            {
                Volatile.Write(ref _following, null);
                await following.ForgetAsync().ConfigureAwait(false);
                _ending = Task.WhenAll(_ending, following.Ended);
            }
        }
#pragma warning disable CA1031 // Do not catch general exception types: drivers are anybody's, and the endpoint has left whatever they say
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.NotForgotten(logger, failure, network.Id);   // the network's next following begins with replacing them
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends what this process does; what its endpoints know of others stays.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _following, null) is { } following)
        {
            await following.DisposeAsync().ConfigureAwait(false);
        }

        await _ending.ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.PeersNotForgotten, LogLevel.Warning, "Network {Network} has no endpoint here any more, but its driver could not be told to forget those on other nodes.", EventName = nameof(NotForgotten))]
        public static partial void NotForgotten(ILogger logger, Exception failure, NetworkId network);
    }
}
