using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using LibNetwork.Overlay;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>Keys as a driver keeps them, without a kernel.</summary>
internal sealed class FakeOverlayKeys : IOverlayKeys
{
    private readonly Channel<IReadOnlyList<OverlayNodeKey>> _changes = Channel.CreateUnbounded<IReadOnlyList<OverlayNodeKey>>();

    public IReadOnlyList<OverlayNodeKey> OwnKeys { get; private set; } = [];

    /// <summary>What was told of other nodes, by their addresses.</summary>
    public ConcurrentDictionary<IPAddress, IReadOnlyList<OverlayNodeKey>> Told { get; } = new();

    public void Change(params string[] keys)
    {
        OwnKeys = [.. keys.Select(static key => new OverlayNodeKey { PublicKey = key, Port = 51871 })];
        _changes.Writer.TryWrite(OwnKeys);
    }

    /// <summary>The keys of a node, as one text.</summary>
    public string Of(string address) => Told.TryGetValue(IPAddress.Parse(address), out IReadOnlyList<OverlayNodeKey>? keys)
        ? string.Join(',', keys.Select(static key => key.PublicKey))
        : string.Empty;

    public async IAsyncEnumerable<IReadOnlyList<OverlayNodeKey>> WatchOwnKeysAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return OwnKeys;
        await foreach (IReadOnlyList<OverlayNodeKey> keys in _changes.Reader.ReadAllAsync(cancellationToken))
        {
            yield return keys;
        }
    }

    public ValueTask TellNodeAsync(IPAddress nodeAddress, IReadOnlyList<OverlayNodeKey> keys, CancellationToken cancellationToken = default)
    {
        if (keys.Any(static key => key.PublicKey == "bad"))
        {
            throw NetworkException.InvalidArgument("node", "PublicKey", "is none");
        }

        if (keys.Count == 0)
        {
            Told.TryRemove(nodeAddress, out _);
        }
        else
        {
            Told[nodeAddress] = keys;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ReplaceNodesAsync(IReadOnlyDictionary<IPAddress, IReadOnlyList<OverlayNodeKey>> nodes, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask RotateAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
