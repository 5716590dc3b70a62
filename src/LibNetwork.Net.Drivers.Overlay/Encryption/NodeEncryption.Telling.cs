using System.Net;
using LibNetwork.Linux;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay.Encryption;

/// <content>What others say of their keys.</content>
internal sealed partial class NodeEncryption
{
    private const int MostKeys = 4;   // two while they rotate, and as many that a delay may bring together

    public async ValueTask TellNodeAsync(IPAddress nodeAddress, IReadOnlyList<OverlayNodeKey> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(nodeAddress);
        ArgumentNullException.ThrowIfNull(keys);
        string subject = $"the keys of node {nodeAddress}";
        NodeKey[] told = [.. keys.Select(key => NodeKey.Parse(subject, key))];
        if (told.Length > MostKeys || told.DistinctBy(static key => key.PublicKey).Count() != told.Length)
        {
            throw NetworkException.InvalidArgument(subject, nameof(keys), $"are {told.Length}, not up to {MostKeys} different ones");
        }

        PeerCheck.ThrowUnlessNode(subject, nameof(nodeAddress), nodeAddress, _options.AdvertiseAddress!);   // the validator demands one
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            ThrowIfTaken(subject, nodeAddress, told);
            await TellAsync(subject, nodeAddress, told, cancellationToken).ConfigureAwait(false);
            Follow();
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask ReplaceNodesAsync(IReadOnlyDictionary<IPAddress, IReadOnlyList<OverlayNodeKey>> nodes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        IPAddress[] known = [.. _keys.Nodes];
        _turn.Release();
        foreach (IPAddress node in known.Where(node => !nodes.ContainsKey(node)))
        {
            await TellNodeAsync(node, [], cancellationToken).ConfigureAwait(false);
        }

        foreach ((IPAddress node, IReadOnlyList<OverlayNodeKey> keys) in nodes)
        {
            await TellNodeAsync(node, keys, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The new keys are let in, then come, then the ends of tunnels move, then the old keys go: so at each moment there is a way. Let in first, because
    /// the other node sends from a key as soon as the two have agreed on a session.
    /// </summary>
    private async ValueTask TellAsync(string subject, IPAddress node, NodeKey[] told, CancellationToken cancellationToken)
    {
        IReadOnlyList<NodeKey> before = _keys.Of(node);
        if (before.SequenceEqual(told))
        {
            return;
        }

        NodeKey[] coming = [.. told.Except(before)];
        NodeKey[] going = [.. before.Where(old => told.All(key => key.PublicKey != old.PublicKey))];
        UndoStack undo = new();
        try
        {
            undo.Push(() => TakeBackAsync(subject, session => RemoveKeys(session, coming.Where(key => before.All(old => old.PublicKey != key.PublicKey)))));
            undo.Push(() => SetAsync(subject, node, before, CancellationToken.None));
            undo.Push(() => TakeBackAsync(subject, session => AddKeys(session, node, before, knocks: false)));
            await SetAsync(subject, node, [.. going, .. told], cancellationToken).ConfigureAwait(false);
            await AskKernelAsync(subject, session => AddKeys(session, node, coming, knocks: told.Length > 1 || going.Length > 0), cancellationToken).ConfigureAwait(false);
            await SetAsync(subject, node, told, cancellationToken).ConfigureAwait(false);
            await AskKernelAsync(subject, session => RemoveKeys(session, going), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            foreach (Exception failure in await undo.RollBackAsync().ConfigureAwait(false))
            {
                Log.RollbackIncomplete(_logger, failure, subject);
            }

            throw;
        }
    }

    private async ValueTask TakeBackAsync(string subject, Func<KernelSession, bool> step) => await AskKernelAsync(subject, step, CancellationToken.None).ConfigureAwait(false);

    private void ThrowIfTaken(string subject, IPAddress node, NodeKey[] told)
    {
        foreach (NodeKey key in told)
        {
            if (_links.Any(link => link.Key.Address.Equals(key.Address)))
            {
                throw NetworkException.InvalidArgument(subject, nameof(OverlayNodeKey.PublicKey), $"{key.PublicKey} is this node's own");
            }

            if (_keys.NodeAt(key.Address) is { } other && !other.Equals(node))
            {
                throw NetworkException.Conflict(subject, $"key {key.PublicKey} is taken", $"node {other}", "tell first that the other node has it no more");
            }
        }
    }

    /// <summary>Sets what is known of a node, and moves the ends of all networks.</summary>
    private async ValueTask SetAsync(string subject, IPAddress node, IReadOnlyList<NodeKey> keys, CancellationToken cancellationToken)
    {
        await AskKernelAsync(
            subject,
            _ =>
            {
                _keys.Set(node, keys);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        await _moveEnds(cancellationToken).ConfigureAwait(false);
    }

    private bool AddKeys(KernelSession session, IPAddress node, IReadOnlyList<NodeKey> keys, bool knocks)
    {
        foreach (CipherLink link in _links)
        {
            CipherProgramming.Add(session, link, keys.Select(key => (node, key)), knocks || _links.Count > 1);
        }

        _knockedAt.UnionWith(knocks || _links.Count > 1 ? keys.Select(static key => key.PublicKey) : []);
        if (_links.Count > 0)
        {
            CipherProgramming.Lead(session, keys.Where(key => !_ways.ContainsKey(key.Address)).Select(key => (key, _links[0])));
            foreach (NodeKey key in keys)
            {
                _ways.TryAdd(key.Address, _links[0]);
            }
        }

        return true;
    }

    private bool RemoveKeys(KernelSession session, IEnumerable<NodeKey> keys)
    {
        foreach (NodeKey key in keys)
        {
            _ways.Remove(key.Address);
            _knockedAt.Remove(key.PublicKey);
        }

        CipherProgramming.Forget(session, keys);
        foreach (CipherLink link in _links)
        {
            CipherProgramming.Remove(session, link, keys);
        }

        return true;
    }
}
