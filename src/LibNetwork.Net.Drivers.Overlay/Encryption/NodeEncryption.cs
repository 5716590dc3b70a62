using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.WireGuard;
using LibNetwork.Overlay;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Drivers.Overlay.Encryption;

/// <summary>The encryption between this node and all others: WireGuard by the kernel, one interface for each key of this node.</summary>
/// <remarks>
/// Each key has an address of its own inside the encryption, and the tunnels of encrypted networks go from such an address to such an address. So which
/// key of another node is used is a destination in forwarding entries, and which key of this one is a route; both move one by one, when
/// the two have agreed on a session, and nothing is lost. What others may send from is proven by their keys.
/// </remarks>
internal sealed partial class NodeEncryption : IOverlayKeys, IAsyncDisposable
{
    private const string Subject = "the encryption of overlay networks";

    private readonly SemaphoreSlim _turn = new(1, 1);   // one at a time changes keys; taken before any network's turn
    private readonly CancellationTokenSource _stop = new();
    private readonly KeyAnnouncement _announcement = new();
    private readonly HashSet<NetworkId> _networks = [];   // those that need it
    private readonly HostKernel _kernel;
    private readonly MembersTable _members;
    private readonly OverlayDriverOptions _options;
    private readonly Func<CancellationToken, ValueTask> _moveEnds;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;

    // Touched only in turns at the kernel, by who has the turn here.
    private readonly NodeKeys _keys = new();
    private readonly Dictionary<IPAddress, CipherLink> _ways = [];   // by which interface a key is reached
    private readonly HashSet<WireGuardKey> _knockedAt = [];
    private IReadOnlyList<CipherLink> _links = [];   // the oldest first
    private int _number;   // of the newest

    /// <summary>Makes the encryption; nothing is in the kernel before a network needs it.</summary>
    /// <param name="kernel">The host.</param>
    /// <param name="members">Who is let in.</param>
    /// <param name="options">The driver's settings.</param>
    /// <param name="moveEnds">Brings the entries of all encrypted networks to <see cref="EndsOf"/>.</param>
    /// <param name="logger">The driver's.</param>
    /// <param name="time">The clock.</param>
    public NodeEncryption(
        HostKernel kernel, MembersTable members, OverlayDriverOptions options, Func<CancellationToken, ValueTask> moveEnds, ILogger logger, TimeProvider time)
    {
        _kernel = kernel;
        _members = members;
        _options = options;
        _moveEnds = moveEnds;
        _logger = logger;
        _time = time;
    }

    public IReadOnlyList<OverlayNodeKey> OwnKeys => _announcement.Keys;

    /// <summary>The names of the interfaces that there are.</summary>
    public IReadOnlyList<InterfaceName> Interfaces => [.. Volatile.Read(ref _links).Select(static link => link.Name)];

    public IAsyncEnumerable<IReadOnlyList<OverlayNodeKey>> WatchOwnKeysAsync(CancellationToken cancellationToken = default) => _announcement.WatchAsync(cancellationToken);

    /// <summary>Sees to it that a network can be encrypted; a repeated call changes nothing.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotSupported"/>: the kernel cannot.</exception>
    public async ValueTask AcquireAsync(NetworkId network, string subject, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            if (_networks.Count == 0 && !await AskKernelAsync(subject, TryBegin, cancellationToken).ConfigureAwait(false))
            {
                await _kernel.Reaper.DrainAsync().WaitAsync(cancellationToken).ConfigureAwait(false);   // an earlier one may have the name until then
                if (!await AskKernelAsync(subject, TryBegin, cancellationToken).ConfigureAwait(false))
                {
                    InterfaceName name = CipherLink.NameOf(_number + 1);
                    throw NetworkException.Conflict(subject, $"\"{name}\" exists already", $"interface \"{name}\"", "remove that interface");
                }
            }

            _networks.Add(network);
            Announce();
            Follow();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A network needs it no more; one that did not is not an error.</summary>
    public async ValueTask ReleaseAsync(NetworkId network)
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (_networks.Contains(network) && _networks.Count == 1)
            {
                await AskKernelAsync(Subject, End, CancellationToken.None).ConfigureAwait(false);
                Announce();
            }

            _networks.Remove(network);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;   // it is registered under several names
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        _turn.Release();   // who waits for it finds it disposed
        await _following.ConfigureAwait(false);
        _announcement.Complete();
    }

    private void Announce() => _announcement.Publish([.. _links.Select(static link => link.Key.ToPublic())]);

    /// <summary>Takes up what an earlier process left, or makes the first interface.</summary>
    private bool TryBegin(KernelSession session)
    {
        _number = Math.Max(_number, CipherConstruction.HighestNumber(session));
        IReadOnlyList<(CipherLink Link, WireGuardDeviceInfo Device)> found = CipherConstruction.Find(session, _options);
        if (found.Count == 0)
        {
            return TryAddLink(session);
        }

        foreach ((CipherLink link, WireGuardDeviceInfo device) in found)
        {
            _members.AddCipher(session, link.Name.Value);
            foreach (WireGuardPeerInfo peer in device.Peers)
            {
                TakeUp(peer);
            }

            link.Met.UnionWith(device.Peers.Where(static peer => peer.LastHandshake is not null).Select(static peer => peer.PublicKey));
        }

        SetLinks([.. found.Select(static link => link.Link)]);
        Lead(session);
        return true;
    }

    private void TakeUp(WireGuardPeerInfo peer)
    {
        if (peer.EndPoint is { } at && at.AddressFamily == _options.AdvertiseAddress?.AddressFamily && NodeAddress.IsOne(at.Address)
            && !_keys.Of(at.Address).Any(known => known.PublicKey == peer.PublicKey))
        {
            _keys.Set(at.Address, [.. _keys.Of(at.Address), new NodeKey(peer.PublicKey, (ushort)at.Port)]);
        }
    }

    private bool End(KernelSession session)
    {
        foreach (CipherLink link in _links)
        {
            CipherConstruction.TakeDown(session, _members, link);   // the routes go with it
        }

        _ways.Clear();
        SetLinks([]);
        return true;
    }

    /// <summary>Makes an interface with the next key, at which all nodes may come in.</summary>
    private bool TryAddLink(KernelSession session)
    {
        int number = _number + 1;
        if (CipherConstruction.TryMake(session, _members, number, _options) is not { } link)
        {
            return false;
        }

        try
        {
            bool isFirst = _links.Count == 0;
            CipherProgramming.Add(session, link, _keys.All, knocks: !isFirst);
            _knockedAt.UnionWith(isFirst ? [] : _keys.All.Select(static peer => peer.Key.PublicKey));
            if (isFirst)
            {
                CipherProgramming.Lead(session, _keys.All.Select(peer => (peer.Key, link)));
            }
        }
        catch
        {
            CipherConstruction.TakeDown(session, _members, link);
            throw;
        }

        SetLinks([.. _links, link]);
        foreach ((_, NodeKey key) in _keys.All)
        {
            _ways.TryAdd(key.Address, link);
        }

        return true;
    }

    private void SetLinks(IReadOnlyList<CipherLink> links)
    {
        Volatile.Write(ref _links, links);
        _number = Math.Max(_number, links.Count > 0 ? links[^1].Number : 0);
    }

    private async ValueTask<bool> AskKernelAsync(string subject, Func<KernelSession, bool> work, CancellationToken cancellationToken)
    {
        try
        {
            return await _kernel.RunAsync(static (session, work) => work(session), work, cancellationToken).ConfigureAwait(false);
        }
        catch (KernelException exception)
        {
            if (EncryptionErrors.Translate(exception, subject, _options) is { } translated)
            {
                throw translated;
            }

            throw;
        }
    }
}
