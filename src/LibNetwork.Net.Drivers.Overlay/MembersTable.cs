using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Drivers.Overlay;

/// <summary>
/// The table <c>inet libnetwork_overlay</c>: a tunnel takes packets only from nodes that are members of its network, and no endpoint sends to a
/// node's tunnels in this node's name. Touched only in turns at the kernel.
/// </summary>
/// <remarks>
/// The kernel's tunnels take a packet from anybody who knows the number. Tunnels of others on the same port are left alone. What is for an encrypted
/// tunnel comes in and goes out by this node's WireGuard interfaces only, and nothing else comes in by them or is forwarded.
/// </remarks>
internal sealed class MembersTable(ushort port)
{
    public const string Table = "libnetwork_overlay";

    private const NftFamily Family = NftFamily.Inet;
    private const string Shape = "libnetwork overlay rules 2";   // another number for other rules or sets
    private const string Input = "input";
    private const string Forward = "forward";
    private const string Output = "output";
    private const string Tunnels = "tunnels";
    private const string Encrypted = "encrypted";
    private const string Ciphers = "ciphers";
    private const string Members4 = "members4";
    private const string Members6 = "members6";
    private const string Nodes4 = "nodes4";
    private const string Nodes6 = "nodes6";
    private const int ChangesPerCommit = 500;
    private const byte Udp = 17;

    private static readonly NftLoad Vni = NftLoad.Payload(NftPayloadBase.Transport, offset: 12, length: 4);   // behind UDP and flags, with a byte that is reserved
    private static readonly NftBytes VniBits = new([0xff, 0xff, 0xff, 0]);

    private readonly Dictionary<uint, HashSet<IPAddress>> _members = [];
    private readonly HashSet<uint> _encrypted = [];
    private readonly HashSet<string> _ciphers = [];
    private readonly Dictionary<IPAddress, int> _nodes = [];   // of how many tunnels
    private bool _isThere;
    private bool _isSwept;   // nothing of an earlier process is in it
    private uint? _wholeAt;   // the generation of all packet rules in which it was whole

    /// <summary>Guards tunnels from before they are there; at first nobody is a member.</summary>
    public void AddTunnels(KernelSession session, IReadOnlyList<uint> vnis, bool areEncrypted)
    {
        uint[] fresh = [.. vnis.Where(vni => !_members.ContainsKey(vni))];
        Commit(session, [.. fresh.SelectMany(vni => SetsOf(areEncrypted).Select(set => (set, Key(vni))))], []);
        foreach (uint vni in fresh)
        {
            _members[vni] = [];
        }

        _encrypted.UnionWith(areEncrypted ? fresh : []);
    }

    /// <summary>Lets packets of encrypted tunnels, and nothing else, in by an interface that encrypts.</summary>
    public void AddCipher(KernelSession session, string name)
    {
        Commit(session, [(Ciphers, NftElement.Of(name))], []);
        _ciphers.Add(name);
    }

    /// <summary>Forgets an interface that encrypts, which must be gone or down.</summary>
    public void RemoveCipher(KernelSession session, string name)
    {
        if (!_ciphers.Contains(name))
        {
            return;
        }

        if (_ciphers.Count == 1 && _members.Count == 0 && _isSwept)
        {
            Delete(session);
        }
        else
        {
            Commit(session, [], [(Ciphers, NftElement.Of(name))]);
        }

        _ciphers.Remove(name);
    }

    /// <summary>Forgets tunnels, which must be gone, and their members.</summary>
    public void RemoveTunnels(KernelSession session, IReadOnlyList<uint> vnis)
    {
        uint[] known = [.. vnis.Where(_members.ContainsKey)];
        if (known.Length == 0)
        {
            return;
        }

        if (known.Length == _members.Count && _ciphers.Count == 0 && _isSwept)
        {
            Delete(session);
            _members.Clear();
            _encrypted.Clear();
            _nodes.Clear();
            return;
        }

        foreach (uint vni in known)
        {
            Change(session, [vni], [], [.. _members[vni]]);
        }

        Commit(session, [], [.. known.SelectMany(vni => SetsOf(_encrypted.Contains(vni)).Select(set => (set, Key(vni))))]);
        foreach (uint vni in known)
        {
            _members.Remove(vni);
            _encrypted.Remove(vni);
        }
    }

    /// <summary>Changes which nodes may send to tunnels.</summary>
    public void Change(KernelSession session, IReadOnlyList<uint> vnis, IReadOnlyList<IPAddress> joining, IReadOnlyList<IPAddress> leaving)
    {
        List<(string Set, NftElement Element)> added = [], removed = [];
        Dictionary<IPAddress, int> counts = [];
        foreach (uint vni in vnis)
        {
            foreach (IPAddress node in joining.Where(node => !_members[vni].Contains(node)))
            {
                added.Add((SetFor(node, Members4, Members6), Key(vni, node)));
                counts[node] = counts.GetValueOrDefault(node) + 1;
            }

            foreach (IPAddress node in leaving.Where(_members[vni].Contains))
            {
                removed.Add((SetFor(node, Members4, Members6), Key(vni, node)));
                counts[node] = counts.GetValueOrDefault(node) - 1;
            }
        }

        foreach ((IPAddress node, int step) in counts)
        {
            int before = _nodes.GetValueOrDefault(node);
            if (before == 0 && step > 0)
            {
                added.Add((SetFor(node, Nodes4, Nodes6), NftElement.Of(node)));
            }
            else if (before > 0 && before + step == 0)
            {
                removed.Add((SetFor(node, Nodes4, Nodes6), NftElement.Of(node)));
            }
        }

        Commit(session, added, removed);
        foreach (uint vni in vnis)
        {
            _members[vni].UnionWith(joining);
            _members[vni].ExceptWith(leaving);
        }

        foreach ((IPAddress node, int step) in counts)
        {
            _nodes[node] = _nodes.GetValueOrDefault(node) + step;
            if (_nodes[node] == 0)
            {
                _nodes.Remove(node);
            }
        }
    }

    /// <summary>Whether the table is in the kernel with all that it should hold.</summary>
    public bool IsWhole(KernelSession session)
    {
        if (IsEmpty)
        {
            return true;
        }

        uint generation = session.Nftables.ReadGeneration();
        if (generation == _wholeAt)
        {
            return true;   // nobody has changed any rule since
        }

        bool isWhole = Read(session) is { } present && HasShape(present)
            && Wanted().GroupBy(static wanted => wanted.Set).All(set => set.Select(static wanted => wanted.Element).ToHashSet().IsSubsetOf(ElementsOf(present, set.Key)));
        _wholeAt = isWhole ? generation : null;
        return isWhole;
    }

    /// <summary>Makes the table anew, with what it should hold.</summary>
    public void Rewrite(KernelSession session)
    {
        NftTransaction transaction = session.Nftables.Begin();
        transaction.DestroyTable(Family, Table);
        Create(transaction);
        foreach ((string set, NftElement element) in Wanted())
        {
            transaction.AddElement(Family, Table, set, element);
        }

        session.Nftables.Commit(transaction);
        _isThere = _isSwept = true;
    }

    /// <summary>Takes out what an earlier process left.</summary>
    public void RemoveLeftovers(KernelSession session)
    {
        if (IsEmpty)
        {
            if (Read(session) is not null)
            {
                Delete(session);
            }
        }
        else if (!_isSwept && Read(session) is { } present)
        {
            ILookup<string, NftElement> wanted = Wanted().ToLookup(static pair => pair.Set, static pair => pair.Element);
            Commit(
                session, [],
                [.. ((string[])[Tunnels, Encrypted, Ciphers, Members4, Members6, Nodes4, Nodes6]).SelectMany(set => ElementsOf(present, set).Except(wanted[set]).Select(element => (set, element)))]);
        }

        _isSwept = true;
    }

    private void Commit(KernelSession session, List<(string Set, NftElement Element)> added, List<(string Set, NftElement Element)> removed)
    {
        try
        {
            CommitOnce(session, added, removed);
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.ENOENT && _isThere)
        {
            Rewrite(session);   // somebody took the table away
            CommitOnce(session, added, removed);
        }
    }

    private void CommitOnce(KernelSession session, List<(string Set, NftElement Element)> added, List<(string Set, NftElement Element)> removed)
    {
        if (added.Count + removed.Count == 0)
        {
            return;
        }

        bool creates = !_isThere && !Adopt(session);
        NftTransaction transaction = session.Nftables.Begin();
        if (creates)
        {
            transaction.DestroyTable(Family, Table);
            Create(transaction);
        }

        foreach ((string set, NftElement element) in removed)
        {
            transaction.DestroyElement(Family, Table, set, element);
            transaction = CommitWhenFull(session, transaction);
        }

        foreach ((string set, NftElement element) in added)
        {
            transaction.AddElement(Family, Table, set, element);
            transaction = CommitWhenFull(session, transaction);
        }

        if (transaction.Count > 0)
        {
            session.Nftables.Commit(transaction);
        }

        _isSwept |= creates;
        _isThere = true;
    }

    private static NftTransaction CommitWhenFull(KernelSession session, NftTransaction transaction)
    {
        if (transaction.Count < ChangesPerCommit)
        {
            return transaction;
        }

        session.Nftables.Commit(transaction);
        return session.Nftables.Begin();
    }

    /// <summary>Takes up the table of an earlier process, so that its members are members all the time.</summary>
    private static bool Adopt(KernelSession session) => Read(session) is { } present && HasShape(present);

    private void Delete(KernelSession session)
    {
        NftTransaction transaction = session.Nftables.Begin();
        transaction.DestroyTable(Family, Table);
        session.Nftables.Commit(transaction);
        _isThere = false;
    }

    private static NftTable? Read(KernelSession session) => session.Nftables.ReadRuleset(Family, Table).Find(Family, Table);

    private static bool HasShape(NftTable present)
    {
        return present.Comment == Shape && !present.IsDormant
            && ((string Chain, int Rules)[])[(Input, 5), (Forward, 4), (Output, 1)] is var chains
            && chains.All(chain => present.FindChain(chain.Chain)?.Rules.Count == chain.Rules);
    }

    private static HashSet<NftElement> ElementsOf(NftTable present, string set) => [.. present.FindSet(set)?.Elements ?? []];

    private bool IsEmpty => _members.Count == 0 && _ciphers.Count == 0;

    private static string[] SetsOf(bool isEncrypted) => isEncrypted ? [Encrypted, Tunnels] : [Tunnels];

    private IEnumerable<(string Set, NftElement Element)> Wanted()
        => _members.Keys.SelectMany(vni => SetsOf(_encrypted.Contains(vni)).Select(set => (set, Key(vni))))
            .Concat(_ciphers.Select(static name => (Ciphers, NftElement.Of(name))))
            .Concat(_members.SelectMany(static tunnel => tunnel.Value.Select(node => (SetFor(node, Members4, Members6), Key(tunnel.Key, node)))))
            .Concat(_nodes.Keys.Select(static node => (SetFor(node, Nodes4, Nodes6), NftElement.Of(node))));

    private void Create(NftTransaction transaction)
    {
        transaction.AddTable(Family, Table, Shape);
        transaction.AddSet(Family, Table, new NftSetSpec { Name = Tunnels, Key = [NftDataType.Mark] });
        transaction.AddSet(Family, Table, new NftSetSpec { Name = Encrypted, Key = [NftDataType.Mark] });
        transaction.AddSet(Family, Table, new NftSetSpec { Name = Ciphers, Key = [NftDataType.IfName] });
        transaction.AddBaseChain(Family, Table, Input, NftHook.Input, NftChainType.Filter, NftPriority.Filter);
        transaction.AddBaseChain(Family, Table, Forward, NftHook.Forward, NftChainType.Filter, NftPriority.Filter);
        foreach ((NftFamily family, string members, string nodes, NftDataType address, NftLoad source, NftLoad destination) in new[]
        {
            (NftFamily.IPv4, Members4, Nodes4, NftDataType.IPv4Address, NftLoad.IPv4Source, NftLoad.IPv4Destination),
            (NftFamily.IPv6, Members6, Nodes6, NftDataType.IPv6Address, NftLoad.IPv6Source, NftLoad.IPv6Destination),
        })
        {
            transaction.AddSet(Family, Table, new NftSetSpec { Name = members, Key = [NftDataType.Mark, address] });
            transaction.AddSet(Family, Table, new NftSetSpec { Name = nodes, Key = [address] });
            transaction.AddRule(Family, Table, Input, Tunnelled(new NftRule().NfProto(family), Tunnels)
                .Load(1, source).Add(new NftLookupExpression(members, 0, Inverted: true)).Drop().WithComment("who is no member of the tunnel's network"));
            transaction.AddRule(Family, Table, Forward, new NftRule().NfProto(family).L4Proto(Udp).DestinationPort(port)
                .InSet(nodes, destination).Drop().WithComment("an endpoint that would send to a tunnel as this node"));
        }

        transaction.AddBaseChain(Family, Table, Output, NftHook.Output, NftChainType.Filter, NftPriority.Filter);
        transaction.AddRule(Family, Table, Output, Tunnelled(new NftRule().OifNameNotInSet(Ciphers), Encrypted).Drop().WithComment("never in clear"));
        transaction.AddRule(Family, Table, Input, Tunnelled(new NftRule().IifNameNotInSet(Ciphers), Encrypted).Drop().WithComment("in clear, whoever it says that it is from"));
        transaction.AddRule(Family, Table, Input, Tunnelled(new NftRule().IifNameInSet(Ciphers), Encrypted).Accept());
        transaction.AddRule(Family, Table, Input, new NftRule().IifNameInSet(Ciphers).Drop().WithComment("a node has no business here but its tunnels"));
        transaction.AddRule(Family, Table, Forward, new NftRule().IifNameInSet(Ciphers).Drop());
        transaction.AddRule(Family, Table, Forward, new NftRule().OifNameInSet(Ciphers).Drop());
    }

    /// <summary>Continues a rule: what is for a tunnel whose number is in a set. The number is left in register 0.</summary>
    private NftRule Tunnelled(NftRule rule, string set) => rule.L4Proto(Udp).DestinationPort(port)
        .Load(0, Vni).Add(new NftBitwiseExpression(0, 0, VniBits, new NftBytes(new byte[VniBits.Length]))).Add(new NftLookupExpression(set, 0));

    private static string SetFor(IPAddress node, string ipv4, string ipv6) => node.AddressFamily == AddressFamily.InterNetwork ? ipv4 : ipv6;

    private static NftElement Key(uint vni) => NftElement.Of(Bits(vni));

    private static NftElement Key(uint vni, IPAddress node) => NftElement.Of(Bits(vni), node);

    /// <summary>The identifier as it lies in a packet. Shown as a mark: <c>nft</c> (1.0.6) fails on a list of plain numbers beside addresses.</summary>
    private static NftValue Bits(uint vni) => NftValue.Mark(MemoryMarshal.Read<uint>([(byte)(vni >> 16), (byte)(vni >> 8), (byte)vni, 0]));
}
