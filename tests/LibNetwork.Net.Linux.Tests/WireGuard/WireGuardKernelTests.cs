using System.Net;
using LibNetwork.Linux.Features;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.Tests.Support;
using LibNetwork.Linux.WireGuard;

namespace LibNetwork.Linux.Tests.WireGuard;

[Trait("Category", "Kernel")]
public sealed class WireGuardKernelTests
{
    private const ushort Port = 5000;

    [Fact]
    public async Task A_link_has_a_key_of_its_own_and_the_peers_that_it_is_given()
    {
        SkipWithoutWireGuard();
        await using TestHost host = TestHost.Open();
        await host.RunAsync(session =>
        {
            int first = Create(session, "wg0"), second = Create(session, "wg1");
            WireGuardDeviceInfo bare = session.WireGuard.Read(first)!;
            session.WireGuard.GiveNewKey(first, Port);
            session.WireGuard.GiveNewKey(second, Port + 1);
            WireGuardDeviceInfo one = session.WireGuard.Read(first)!, two = session.WireGuard.Read(second)!;
            WireGuardPeerSpec[] wanted = [.. Enumerable.Range(1, 400).Select(Peer)];   // more than a message holds

            session.WireGuard.SetPeers(first, wanted);
            Dictionary<WireGuardKey, WireGuardPeerInfo> found = session.WireGuard.Read(first)!.Peers.ToDictionary(static peer => peer.PublicKey);
            session.WireGuard.RemovePeers(first, [.. wanted.Skip(1).Select(static peer => peer.PublicKey), wanted[1].PublicKey]);
            WireGuardDeviceInfo left = session.WireGuard.Read(first)!;

            Assert.Null(bare.PublicKey);
            Assert.NotEqual(one.PublicKey, two.PublicKey);
            Assert.Equal((first, Port, (ushort)(Port + 1)), (one.Index, one.ListenPort, two.ListenPort));
            Assert.Equal(wanted.Length, found.Count);
            Assert.All(wanted, peer =>
            {
                WireGuardPeerInfo info = found[peer.PublicKey];
                Assert.Equal((peer.EndPoint, peer.AllowedNetworks!.Single()), (info.EndPoint, info.AllowedNetworks.Single()));
                Assert.Null(info.LastHandshake);
            });
            Assert.Equal([wanted[0].PublicKey], left.Peers.Select(static peer => peer.PublicKey));
            Assert.Equal(one.PublicKey, left.PublicKey);
        });
    }

    [Fact]
    public async Task A_link_of_another_kind_or_none_is_not_read()
    {
        SkipWithoutWireGuard();
        await using TestHost host = TestHost.Open();
        await host.RunAsync(session =>
        {
            session.Route.Batch.CreateBridge(new BridgeLinkSpec { Name = "br0" });
            int bridge = session.Route.ExecuteAndFindLink("br0")!.Index;

            Assert.Null(session.WireGuard.Read(bridge));
            Assert.Null(session.WireGuard.Read(bridge + 100));
            Assert.NotNull(session.WireGuard.Read(Create(session, "wg0")));
        });
    }

    [Fact]
    public async Task A_port_that_is_taken_is_refused()
    {
        SkipWithoutWireGuard();
        await using TestHost host = TestHost.Open();
        await host.RunAsync(session =>
        {
            int first = Create(session, "wg0"), second = Create(session, "wg1");
            session.WireGuard.GiveNewKey(first, Port);
            session.WireGuard.GiveNewKey(second, Port);
            session.Route.Batch.ChangeLink(first, new LinkChange { Up = true });
            session.Route.Execute();

            session.Route.Batch.ChangeLink(second, new LinkChange { Up = true });
            KernelException taken = Assert.Throws<KernelException>(session.Route.Execute);

            Assert.Equal(LinuxErrno.EADDRINUSE, taken.Errno);
        });
    }

    private static void SkipWithoutWireGuard() => Assert.SkipUnless(KernelFeature.WireGuard.IsSupported, KernelFeature.WireGuard.Reason ?? string.Empty);

    private static int Create(KernelSession session, string name)
    {
        session.Route.Batch.CreateWireGuard(new WireGuardLinkSpec { Name = name });
        return session.Route.ExecuteAndFindLink(name)!.Index;   // just made
    }

    private static WireGuardPeerSpec Peer(int number)
    {
        byte[] key = new byte[WireGuardKey.Size];
        BitConverter.TryWriteBytes(key, number);
        bool isIPv6 = number % 2 == 0;
        return new WireGuardPeerSpec
        {
            PublicKey = new WireGuardKey(key),
            EndPoint = new IPEndPoint(IPAddress.Parse(isIPv6 ? $"2001:db8::{number:x}" : $"198.51.{number / 256}.{number % 256}"), number),
            AllowedNetworks = [new IPNetwork(IPAddress.Parse(isIPv6 ? $"fd00::{number:x}" : $"10.1.{number / 256}.{number % 256}"), isIPv6 ? 128 : 32)],
        };
    }
}
