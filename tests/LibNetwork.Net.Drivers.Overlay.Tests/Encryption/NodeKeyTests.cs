using System.Net;
using LibNetwork.Drivers.Overlay.Encryption;
using LibNetwork.Linux.WireGuard;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay.Tests.Encryption;

public sealed class NodeKeyTests
{
    private static readonly IPAddress One = IPAddress.Parse("198.51.100.1"), Two = IPAddress.Parse("198.51.100.2");

    /// <summary>Nodes of different versions must agree on it.</summary>
    [Fact]
    public void The_address_follows_from_the_key()
    {
        byte[] bytes = [.. Enumerable.Range(0, WireGuardKey.Size).Select(static number => (byte)number)];

        Assert.Equal(IPAddress.Parse("fd6c:6962:6e65:7400:630d:cd29:66c4:3366"), TunnelAddress.Of(new WireGuardKey(bytes)));
    }

    [Theory]
    [InlineData("", 4793, nameof(OverlayNodeKey.PublicKey))]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", 4793, nameof(OverlayNodeKey.PublicKey))]
    [InlineData("not base 64, but of the right length, so it is!", 4793, nameof(OverlayNodeKey.PublicKey))]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", 0, nameof(OverlayNodeKey.Port))]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", 65536, nameof(OverlayNodeKey.Port))]
    public void What_cannot_be_a_key_is_refused(string key, int port, string field)
    {
        NetworkException refused = Assert.Throws<NetworkException>(() => NodeKey.Parse("node", new OverlayNodeKey { PublicKey = key, Port = port }));

        Assert.Equal((NetworkErrorKind.InvalidArgument, field), (refused.Kind, refused.Field));
    }

    [Fact]
    public void A_key_is_told_as_it_was_read()
    {
        OverlayNodeKey told = new() { PublicKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", Port = 4793 };

        Assert.Equal(told, NodeKey.Parse("node", told).ToPublic());
    }

    [Fact]
    public void A_node_has_the_keys_that_were_told_last()
    {
        NodeKeys keys = new();
        NodeKey first = Key(1), second = Key(2), other = Key(3);

        keys.Set(One, [first, second]);
        keys.Set(Two, [other]);
        keys.Set(One, [second]);

        Assert.Equal([second], keys.Of(One));
        Assert.Equal((One, Two, null), (keys.NodeAt(second.Address), keys.NodeAt(other.Address), keys.NodeAt(first.Address)));
        keys.Set(Two, []);
        Assert.Equal([One], keys.Nodes);
        Assert.Empty(keys.Of(Two));
    }

    [Fact]
    public async Task Who_watches_sees_the_keys_now_and_each_change_until_the_end()
    {
        KeyAnnouncement announcement = new();
        OverlayNodeKey[] first = [Key(1).ToPublic()], second = [Key(1).ToPublic(), Key(2).ToPublic()];
        announcement.Publish(first);
        List<IReadOnlyList<OverlayNodeKey>> seen = [];
        await using IAsyncEnumerator<IReadOnlyList<OverlayNodeKey>> stream = announcement.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        await stream.MoveNextAsync();
        seen.Add(stream.Current);
        announcement.Publish([.. first]);   // the same: no change
        announcement.Publish(second);
        await stream.MoveNextAsync();
        seen.Add(stream.Current);
        announcement.Complete();
        bool goesOn = await stream.MoveNextAsync();

        Assert.Equal([first, second], seen);
        Assert.False(goesOn);
        Assert.Equal(second, announcement.Keys);
    }

    private static NodeKey Key(byte number) => new(new WireGuardKey([.. Enumerable.Repeat(number, WireGuardKey.Size)]), 4793);
}
