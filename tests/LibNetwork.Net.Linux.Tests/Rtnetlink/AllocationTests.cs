using System.Net;
using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Linux.Tests.Rtnetlink;

public sealed class AllocationTests
{
    [Fact]
    public void Writing_changes_allocates_nothing()
    {
        NetlinkBatch batch = new();
        RtNetlinkBatch changes = new(batch);
        VethLinkSpec veth = new() { Name = "v0", PeerName = "eth0", Mtu = 1500, Master = 3, Up = true };
        RouteSpec route = new() { Destination = IPNetwork.Parse("::/0"), Gateway = IPAddress.Parse("fd00::1"), OutputInterface = 2 };
        IPAddress address = IPAddress.Parse("10.0.0.2");
        Write();   // compiles the methods and grows the buffer

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Write();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Write()
        {
            changes.CreateVeth(veth);
            changes.ChangeLink(2, new LinkChange { Up = true, Mtu = 1400 });
            changes.AddAddress(2, address, 8);
            changes.AddRoute(route);
            changes.SettleLink(2);
            changes.DeleteLink("v0");
            batch.Clear();
        }
    }
}
