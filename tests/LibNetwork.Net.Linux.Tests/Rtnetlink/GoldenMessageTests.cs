using System.Net;
using System.Net.NetworkInformation;
using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Linux.Tests.Rtnetlink;

/// <summary>The messages of the typed verbs, decoded by hand from the kernel's headers; little-endian.</summary>
public sealed class GoldenMessageTests
{
    private static readonly PhysicalAddress Station = PhysicalAddress.Parse("02-42-0A-00-00-02");

    [Fact]
    public void Veth_is_one_message_with_its_peer_in_another_namespace()
        => Check(
            static batch => batch.CreateVeth(new VethLinkSpec
            {
                Name = "v0",
                Mtu = 1500,
                Master = 3,
                Group = 7,
                Up = true,
                PeerName = "eth0",
                PeerAddress = Station,
                PeerMtu = 1450,
                PeerNamespaceDescriptor = 9,
            }),
            "B0000000" + "1000" + "0106" + "01000000" + "00000000"
            + "00000000" + "00000000" + "01000000" + "01000000"
            + "0700" + "0300" + "76300000"   // IFLA_IFNAME
            + "0800" + "0400" + "DC050000"   // IFLA_MTU
            + "0800" + "0A00" + "03000000"   // IFLA_MASTER
            + "0800" + "1B00" + "07000000"   // IFLA_GROUP
            + "0800" + "1F00" + "01000000"   // IFLA_NUM_TX_QUEUES
            + "0800" + "2000" + "01000000"   // IFLA_NUM_RX_QUEUES
            + "6000" + "1280"   // IFLA_LINKINFO
            + "0900" + "0100" + "7665746800000000"   // IFLA_INFO_KIND
            + "5000" + "0280"   // IFLA_INFO_DATA
            + "4C00" + "0180"   // VETH_INFO_PEER
            + "00000000" + "00000000" + "00000000" + "00000000"   // no IFF_UP
            + "0900" + "0300" + "6574683000000000"
            + "0A00" + "0100" + "02420A0000020000"
            + "0800" + "0400" + "AA050000"
            + "0800" + "1C00" + "09000000"   // IFLA_NET_NS_FD
            + "0800" + "1F00" + "01000000"
            + "0800" + "2000" + "01000000");

    [Fact]
    public void Link_change_carries_only_what_changes()
        => Check(
            static batch => batch.ChangeLink(5, new LinkChange { Up = false, Group = 0x4C4E5200 }),
            "28000000" + "1000" + "0100" + "01000000" + "00000000"
            + "00000000" + "05000000" + "00000000" + "01000000"
            + "0800" + "1B00" + "00524E4C");

    [Fact]
    public void Bridge_port_change_is_what_the_links_master_is_told_of_it()
        => Check(
            static batch => batch.ChangeLink(5, new LinkChange { BridgePort = new BridgePortChange { Isolated = true } }),
            "3C000000" + "1000" + "0100" + "01000000" + "00000000"
            + "00000000" + "05000000" + "00000000" + "00000000"
            + "1C00" + "1280" + "0B00" + "0400" + "6272696467650000" + "0C00" + "0580" + "0500" + "2100" + "01000000");

    [Fact]
    public void Address_without_duplicate_detection_is_flagged_for_version_6_only()
    {
        Check(
            static batch => batch.AddAddress(2, IPAddress.Parse("10.0.0.2"), 8),
            "28000000" + "1400" + "0106" + "01000000" + "00000000"
            + "02080000" + "02000000" + "0800" + "0200" + "0A000002" + "0800" + "0100" + "0A000002");
        Check(
            static batch => batch.AddAddress(2, IPAddress.Parse("fd00::2"), 64),
            "40000000" + "1400" + "0106" + "01000000" + "00000000"
            + "0A400200" + "02000000"
            + "1400" + "0200" + "FD000000000000000000000000000002" + "1400" + "0100" + "FD000000000000000000000000000002");
    }

    [Fact]
    public void Default_route_has_no_destination()
        => Check(
            static batch => batch.AddRoute(new RouteSpec
            {
                Destination = IPNetwork.Parse("0.0.0.0/0"),
                Gateway = IPAddress.Parse("10.0.0.1"),
                OutputInterface = 2,
            }),
            "2C000000" + "1800" + "0106" + "01000000" + "00000000"
            + "02000000" + "FE040001" + "00000000" + "0800" + "0500" + "0A000001" + "0800" + "0400" + "02000000");

    [Fact]
    public void Route_of_a_large_table_names_it_in_an_attribute_and_removal_matches_any_scope()
        => Check(
            static batch => batch.RemoveRoute(new RouteSpec { Destination = IPNetwork.Parse("10.1.0.0/16"), Table = 1000 }),
            "2C000000" + "1900" + "0100" + "01000000" + "00000000"
            + "02100000" + "0000FF01" + "00000000" + "0800" + "0100" + "0A010000" + "0800" + "0F00" + "E8030000");

    [Fact]
    public void Forwarding_entry_is_permanent_and_the_links_own()
        => Check(
            static batch => batch.AddForwardingEntry(4, Station, IPAddress.Parse("10.0.0.9")),
            "30000000" + "1C00" + "0105" + "01000000" + "00000000"
            + "07000000" + "04000000" + "8000" + "0200" + "0A00" + "0200" + "02420A0000020000" + "0800" + "0100" + "0A000009");

    [Fact]
    public void Settling_a_link_asks_for_it_without_counters()
        => Check(
            static batch => batch.SettleLink("v0"),
            "30000000" + "1200" + "0100" + "01000000" + "00000000"
            + "00000000" + "00000000" + "00000000" + "00000000"
            + "0800" + "1D00" + "08000000" + "0700" + "0300" + "76300000");

    private static void Check(Action<RtNetlinkBatch> verb, string expected)
    {
        NetlinkBatch batch = new();
        verb(new RtNetlinkBatch(batch));
        Assert.Equal(1, batch.Count);
        Assert.Equal(expected, Convert.ToHexString(batch.Bytes));
    }
}
