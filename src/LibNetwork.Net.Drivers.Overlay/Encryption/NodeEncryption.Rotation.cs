using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.WireGuard;

namespace LibNetwork.Drivers.Overlay.Encryption;

/// <content>Which of several keys is used, and how long an old one stays.</content>
internal sealed partial class NodeEncryption
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20), LongestPause = TimeSpan.FromSeconds(1);

    // Touched only by who has the turn.
    private bool _isFollowing;
    private TimeSpan _pause;
    private long _rotated;   // when the newest key came
    private Task _following = Task.CompletedTask;

    public async ValueTask RotateAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            if (_links.Count == 0)
            {
                throw NetworkException.NotFound("a key of this node for encrypted overlay networks");
            }

            if (_links.Count > 1)
            {
                throw NetworkException.Conflict(
                    Subject, "cannot have a third key", $"interface \"{_links[0].Name}\", which has the key before", $"wait until {nameof(_options.KeyOverlap)} is over");
            }

            if (!await AskKernelAsync(Subject, TryAddLink, cancellationToken).ConfigureAwait(false))
            {
                InterfaceName name = CipherLink.NameOf(_number + 1);
                throw NetworkException.Conflict(Subject, $"\"{name}\" exists already", $"interface \"{name}\"", "remove that interface");
            }

            _rotated = _time.GetTimestamp();
            Announce();
            Log.KeyBegun(_logger, _links[^1].Name);
            Follow();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Where a node's tunnels end now. Only in a turn at the kernel.</summary>
    public NodeEnds EndsOf(IPAddress node)
    {
        IReadOnlyList<NodeKey> keys = _keys.Of(node);
        NodeKey? used = keys.LastOrDefault(key => _links.Any(link => link.Met.Contains(key.PublicKey))) ?? (keys.Count > 0 ? keys[0] : null);
        return new NodeEnds(used?.Address, [.. keys.Select(static key => key.Address)]);
    }

    /// <summary>The node that has the key of an address. Only in a turn at the kernel.</summary>
    public IPAddress? NodeAt(IPAddress address) => _keys.NodeAt(address);

    /// <summary>Looks after keys until the newest are in use everywhere, and old ones are gone. The caller has the turn.</summary>
    private void Follow()
    {
        _pause = ShortestPause;
        if (!_isFollowing && (_links.Count > 1 || IsWaiting()))
        {
            _isFollowing = true;
            _following = FollowAsync();
        }
    }

    private async Task FollowAsync()
    {
        try
        {
            bool goesOn = true;
            while (goesOn)
            {
                await Task.Delay(_pause, _time, _stop.Token).ConfigureAwait(false);
                await _turn.WaitAsync(_stop.Token).ConfigureAwait(false);
                try
                {
                    await AdvanceAsync().ConfigureAwait(false);
                }
                catch (Exception refused) when (refused is NetworkException or KernelException)
                {
                    Log.KeysNotFollowed(_logger, refused);   // the next round tries again
                }
                finally
                {
                    _isFollowing = goesOn = _links.Count > 1 || IsWaiting();   // who comes next finds it so, or begins anew
                    _turn.Release();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The end of the driver.
        }
        catch (ObjectDisposedException)
        {
            // The host was closed under us.
        }
    }

    private async ValueTask AdvanceAsync()
    {
        await AskKernelAsync(Subject, Meet, _stop.Token).ConfigureAwait(false);
        await _moveEnds(_stop.Token).ConfigureAwait(false);
        TimeSpan left = _options.KeyOverlap - _time.GetElapsedTime(_rotated);
        if (_links.Count > 1 && left <= TimeSpan.Zero)
        {
            CipherLink old = _links[0];
            await AskKernelAsync(Subject, RetireOldest, _stop.Token).ConfigureAwait(false);
            Announce();
            Log.KeyEnded(_logger, old.Name);
        }

        _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
        if (_links.Count > 1 && left > TimeSpan.Zero && left < _pause)
        {
            _pause = left;
        }
    }

    /// <summary>Whether there is a key with which an interface has not agreed on a session, and tries to.</summary>
    private bool IsWaiting() => _links.Any(link => _knockedAt.Any(key => !link.Met.Contains(key)));

    private bool Meet(KernelSession session)
    {
        NodeKey[] keys = [.. _keys.All.Select(static peer => peer.Key)];
        foreach (CipherLink link in _links)
        {
            CipherProgramming.Meet(session, link, _knockedAt, keys);
        }

        Lead(session);
        return true;
    }

    /// <summary>Leads each key by the newest interface that has agreed on a session with it, the oldest if none has.</summary>
    private void Lead(KernelSession session)
    {
        (NodeKey Key, CipherLink Link)[] moving =
        [
            .. _keys.All.Select(peer => (peer.Key, Link: _links.LastOrDefault(link => link.Met.Contains(peer.Key.PublicKey)) ?? _links[0]))
                .Where(way => _ways.GetValueOrDefault(way.Key.Address) != way.Link),
        ];
        CipherProgramming.Lead(session, moving);
        foreach ((NodeKey key, CipherLink link) in moving)
        {
            _ways[key.Address] = link;
        }
    }

    private bool RetireOldest(KernelSession session)
    {
        CipherLink old = _links[0];
        SetLinks([.. _links.Skip(1)]);
        try
        {
            Lead(session);
        }
        catch
        {
            SetLinks([old, .. _links]);
            throw;
        }

        CipherConstruction.TakeDown(session, _members, old);
        return true;
    }
}
