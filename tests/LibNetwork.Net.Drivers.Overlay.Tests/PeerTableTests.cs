using System.Net;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay.Tests;

public sealed class PeerTableTests
{
    private const string Subject = "network \"net\"";

    private static readonly OverlayPeer One = Requests.Peer("02:42:0a:01:00:01", "10.1.0.1"), Two = Requests.Peer("02:42:0a:01:00:02", "10.1.0.2"),
        Far = Requests.Peer("02:42:0a:01:00:03", "10.1.0.3", "198.51.100.3");

    private readonly PeerTable _table = new();

    [Fact, Trait("Feature", "OV-05")]
    public void What_is_known_is_added_no_second_time()
    {
        Apply(_table.PlanAdd(Subject, [One, One]));

        PeerChange again = _table.PlanAdd(Subject, [One, Two, One]);

        Assert.Equal([One], _table.All);
        Assert.Equal([Two], again.Added);
        Assert.Empty(again.Removed);
    }

    [Fact, Trait("Feature", "OV-05")]
    public void Only_the_peer_that_is_meant_is_removed()
    {
        Apply(_table.PlanAdd(Subject, [One, Two]));

        Assert.Equal([One], _table.PlanRemove([One, One, Far]).Removed);
        Assert.Empty(_table.PlanRemove([One with { NodeAddress = Far.NodeAddress }]).Removed);   // it is elsewhere by now
    }

    [Fact, Trait("Feature", "OV-05")]
    public void A_replacement_touches_only_what_differs()
    {
        Apply(_table.PlanAdd(Subject, [One, Two]));
        OverlayPeer moved = Two with { NodeAddress = Far.NodeAddress };

        PeerChange change = _table.PlanReplace(Subject, [One, moved, Far]);
        Apply(change);

        Assert.Equal([Two], change.Removed);
        Assert.Equal([moved, Far], change.Added);
        AssertAre(One, moved, Far);
        Assert.True(_table.PlanReplace(Subject, [Far, moved, One]).IsNothing);
    }

    [Fact, Trait("Feature", "OV-05")]
    public void A_node_is_a_member_while_it_has_a_peer()
    {
        Apply(_table.PlanAdd(Subject, [One, Two]));
        PeerChange leaving = _table.PlanRemove([One, Two]), half = _table.PlanRemove([One]), joining = _table.PlanAdd(Subject, [Far]);

        AssertNodes(leaving, [], [One.NodeAddress]);
        AssertNodes(half, [], []);
        AssertNodes(joining, [Far.NodeAddress], []);

        Apply(leaving);

        Assert.Empty(_table.Nodes);
    }

    [Theory]
    [InlineData("02:42:0a:01:00:01", "10.1.0.9")]
    [InlineData("02:42:0a:01:00:09", "10.1.0.1")]
    public void Two_peers_cannot_have_the_same(string mac, string ipv4)
    {
        OverlayPeer thief = Requests.Peer(mac, ipv4, "198.51.100.9");
        Apply(_table.PlanAdd(Subject, [One]));

        NetworkException added = Assert.Throws<NetworkException>(() => _table.PlanAdd(Subject, [thief]));
        NetworkException together = Assert.Throws<NetworkException>(() => _table.PlanReplace(Subject, [One, thief]));

        Assert.Equal((NetworkErrorKind.Conflict, NetworkErrorKind.Conflict), (added.Kind, together.Kind));
        Assert.Contains(One.NodeAddress.ToString(), added.Holder, StringComparison.Ordinal);
        Assert.Equal([thief], _table.PlanReplace(Subject, [thief]).Added);   // in its stead it may come
    }

    [Fact]
    public void A_change_and_its_reverse_leave_everything_as_it_was()
    {
        Apply(_table.PlanAdd(Subject, [One, Two]));
        PeerChange change = _table.PlanReplace(Subject, [Far, One with { NodeAddress = Far.NodeAddress }]);

        Apply(change);
        Apply(change.Reversed);

        AssertAre(One, Two);
        Assert.Equal([One.NodeAddress], _table.Nodes);
        Assert.Equal(One, _table.Find(One.IPv4!));
    }

    private void AssertAre(params OverlayPeer[] peers) => Assert.True(peers.ToHashSet().SetEquals(_table.All));

    private void AssertNodes(PeerChange change, IPAddress[] joining, IPAddress[] leaving)
    {
        (IReadOnlyList<IPAddress> joined, IReadOnlyList<IPAddress> left) = _table.NodesOf(change);
        Assert.Equal(joining, joined);
        Assert.Equal(leaving, left);
    }

    private void Apply(PeerChange change) => _table.Apply(change);
}
