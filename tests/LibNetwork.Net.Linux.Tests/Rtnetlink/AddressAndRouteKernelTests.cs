using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.Tests.Support;

namespace LibNetwork.Linux.Tests.Rtnetlink;

[Trait("Category", "Kernel")]
public sealed class AddressAndRouteKernelTests
{
    private static readonly IPAddress Address4 = IPAddress.Parse("10.1.0.2");
    private static readonly IPAddress Address6 = IPAddress.Parse("fd01::2");

    [Fact]
    public async Task Addresses_are_added_found_and_removed()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            RtNetlink route = session.Route;
            int index = CreateLink(route);
            route.Batch.AddAddress(index, Address4, 16);
            route.Batch.AddAddress(index, Address6, 64);
            route.Execute();

            IReadOnlyList<AddressInfo> found = route.DumpAddresses(index);
            Assert.Contains(found, static address => address.Address.Equals(Address4) && address.PrefixLength == 16);
            AddressInfo six = Assert.Single(found, static address => address.Address.Equals(Address6));
            Assert.Equal(0x2u, six.Flags & 0x2);   // IFA_F_NODAD
            Assert.Equal(0u, six.Flags & 0x40);   // not IFA_F_TENTATIVE
            Assert.Contains(route.DumpAddresses(), static address => address.Address.Equals(Address4));

            route.Batch.RemoveAddress(index, Address4, 16);
            route.Batch.RemoveAddress(index, Address4, 16);
            route.Batch.RemoveAddress(index, Address6, 64);
            route.Batch.RemoveAddress(index, Address6, 64);
            route.Execute();
            Assert.DoesNotContain(route.DumpAddresses(index), static address => address.Address.Equals(Address4) || address.Address.Equals(Address6));
        });
    }

    [Fact]
    public async Task Addresses_of_a_link_that_is_not_there_are_an_error()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            KernelException refusal = Assert.Throws<KernelException>(() => session.Route.DumpAddresses(9999));
            Assert.Equal(LinuxErrno.ENODEV, refusal.Errno);
            Assert.Single(session.Route.DumpLinks());
        });
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "net/ipv4/ip_forward")]
    [InlineData(AddressFamily.InterNetworkV6, "net/ipv6/conf/all/forwarding")]
    public async Task Forwarding_is_read_as_the_parameter_says(AddressFamily family, string parameter)
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(session =>
        {
            foreach (string value in new[] { "1", "0", "1" })
            {
                session.WriteSysctl(session.HostNamespace, parameter, value);

                Assert.Equal(value == "1", session.Route.IsForwarding(family));
            }
        });
    }

    [Fact]
    public async Task Dump_finds_a_thousand_addresses()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            int index = CreateLink(session.Route);
            for (int i = 0; i < 1000; i++)
            {
                session.Route.Batch.AddAddress(index, new IPAddress([11, 0, (byte)(i >> 8), (byte)i]), 32);
            }

            session.Route.Execute();
            Assert.Equal(1000, session.Route.DumpAddresses(index).Count(static address => address.Address.AddressFamily == AddressFamily.InterNetwork));
        });
    }

    [Theory]
    [InlineData("0.0.0.0/0", "10.1.0.1", 254u)]
    [InlineData("::/0", "fd01::1", 254u)]
    [InlineData("10.9.0.0/16", "10.1.0.1", 1000u)]
    [InlineData("fd09::/64", "fd01::1", 1000u)]
    [InlineData("10.10.0.0/16", "fd01::1", 254u)]
    public async Task Routes_are_added_replaced_found_and_removed(string destination, string gateway, uint table)
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(session =>
        {
            RtNetlink route = session.Route;
            int index = CreateLink(route);
            route.Batch.AddAddress(index, Address4, 16);
            route.Batch.AddAddress(index, Address6, 64);
            RouteSpec spec = new()
            {
                Destination = IPNetwork.Parse(destination),
                Gateway = IPAddress.Parse(gateway),
                OutputInterface = index,
                Table = table,
                Metric = 50,
            };
            route.Batch.AddRoute(spec);
            route.Batch.ReplaceRoute(spec);
            route.Execute();

            RouteInfo found = Assert.Single(route.DumpRoutes(), candidate => candidate.Destination == spec.Destination && candidate.Table == table);
            Assert.Equal((spec.Gateway, index, 50u, RouteType.Unicast), (found.Gateway, found.OutputInterface, found.Metric, found.Type));

            route.Batch.AddRoute(spec);
            KernelException refusal = Assert.Throws<KernelException>(route.Execute);
            Assert.Equal((LinuxErrno.EEXIST, "add route", $"{destination} via {gateway}"), (refusal.Errno, refusal.Operation, refusal.Subject));

            route.Batch.RemoveRoute(spec);
            route.Batch.RemoveRoute(spec);
            route.Execute();
            Assert.DoesNotContain(route.DumpRoutes(), candidate => candidate.Destination == spec.Destination && candidate.Table == table);
        });
    }

    [Theory]
    [InlineData(RouteType.Blackhole)]
    [InlineData(RouteType.Unreachable)]
    [InlineData(RouteType.Prohibit)]
    [InlineData(RouteType.Local)]
    public async Task Routes_that_end_here_are_of_their_type(RouteType type)
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(session =>
        {
            RouteSpec spec = new()
            {
                Destination = IPNetwork.Parse("10.20.0.0/16"),
                Type = type,
                Scope = type == RouteType.Local ? RouteScope.Host : RouteScope.Universe,
                OutputInterface = type == RouteType.Local ? 1 : null,
            };
            session.Route.Batch.ChangeLink("lo", new LinkChange { Up = true });
            session.Route.Batch.AddRoute(spec);
            session.Route.Execute();
            Assert.Equal(type, Assert.Single(session.Route.DumpRoutes(), route => route.Destination == spec.Destination).Type);
            session.Route.Batch.RemoveRoute(spec);
            session.Route.Execute();
            Assert.DoesNotContain(session.Route.DumpRoutes(), route => route.Destination == spec.Destination);
        });
    }

    [Fact]
    public async Task On_link_gateway_and_source_and_scope_reach_the_kernel()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            int index = CreateLink(session.Route);
            session.Route.Batch.AddAddress(index, Address4, 32);
            session.Route.Batch.AddRoute(new RouteSpec
            {
                Destination = IPNetwork.Parse("10.30.0.0/16"),
                Gateway = IPAddress.Parse("172.16.0.1"),
                OutputInterface = index,
                OnLink = true,
                Source = Address4,
            });
            session.Route.Batch.AddRoute(new RouteSpec
            {
                Destination = IPNetwork.Parse("10.31.0.0/16"),
                OutputInterface = index,
                Scope = RouteScope.Link,
            });
            session.Route.Execute();

            IReadOnlyList<RouteInfo> routes = session.Route.DumpRoutes();
            Assert.Equal(Address4, Assert.Single(routes, static route => route.Destination == IPNetwork.Parse("10.30.0.0/16")).Source);
            Assert.Equal(RouteScope.Link, Assert.Single(routes, static route => route.Destination == IPNetwork.Parse("10.31.0.0/16")).Scope);
        });
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "10.0.0.0/8", "10.1.0.0/16")]
    [InlineData(AddressFamily.InterNetworkV6, "fd00::/8", "fd01::/16")]
    public async Task Rules_are_added_found_and_removed(AddressFamily family, string from, string to)
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(session =>
        {
            PolicyRuleSpec spec = new()
            {
                Family = family,
                Table = 1000,
                Priority = 100,
                Mark = 0x10,
                Mask = 0xF0,
                From = IPNetwork.Parse(from),
                To = IPNetwork.Parse(to),
                InputInterface = "eth9",
            };
            session.Route.Batch.AddRule(spec);
            session.Route.Execute();

            PolicyRuleInfo rule = Assert.Single(session.Route.DumpRules(), static rule => rule.Priority == 100);
            PolicyRuleInfo expected = new()
            {
                Family = family,
                Table = 1000,
                Priority = 100,
                Mark = 0x10,
                Mask = 0xF0,
                From = spec.From,
                To = spec.To,
                InputInterface = "eth9",
            };
            Assert.Equal(expected, rule);

            session.Route.Batch.RemoveRule(spec);
            session.Route.Batch.RemoveRule(spec);
            session.Route.Execute();
            Assert.DoesNotContain(session.Route.DumpRules(), static rule => rule.Priority == 100);
        });
    }

    [Fact]
    public async Task Neighbours_are_added_replaced_found_and_removed()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            int index = CreateLink(session.Route);
            foreach (IPAddress address in (IPAddress[])[Address4, Address6])
            {
                session.Route.Batch.AddNeighbour(index, address, Station(1));
                session.Route.Batch.AddNeighbour(index, address, Station(2));
            }

            session.Route.Execute();
            IReadOnlyList<NeighbourInfo> found = session.Route.DumpNeighbours();
            Assert.Equal(Station(2), Assert.Single(found, static entry => entry.Address.Equals(Address4)).HardwareAddress);
            Assert.Equal(0x80, Assert.Single(found, static entry => entry.Address.Equals(Address6)).State);

            session.Route.Batch.RemoveNeighbour(index, Address4);
            session.Route.Batch.RemoveNeighbour(index, IPAddress.Parse("10.1.0.77"));
            session.Route.Execute();
            Assert.DoesNotContain(session.Route.DumpNeighbours(), static entry => entry.Address.Equals(Address4));
        });
    }

    [Fact]
    public async Task Forwarding_entries_of_a_tunnel_are_added_found_and_removed()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            IPAddress[] ends = [IPAddress.Parse("10.0.0.8"), IPAddress.Parse("10.0.0.9")];
            PhysicalAddress unknown = new(new byte[6]);
            session.Route.Batch.CreateVxlan(new VxlanLinkSpec { Name = "vx0", Vni = 7 });
            session.Route.Execute();
            int index = session.Route.FindLink("vx0")!.Index;
            for (int i = 0; i < 600; i++)
            {
                session.Route.Batch.AddForwardingEntry(index, Station(i), ends[i % 2]);
            }

            session.Route.Batch.AddForwardingEntry(index, Station(0), ends[1]);
            session.Route.Batch.AddForwardingEntry(index, unknown, ends[0]);
            session.Route.Batch.AddForwardingEntry(index, unknown, ends[1]);
            session.Route.Batch.AddForwardingEntry(index, unknown, ends[1]);
            session.Route.Execute();

            ForwardingEntryInfo[] found = [.. session.Route.DumpForwardingEntries().Where(entry => entry.Index == index)];
            Assert.Equal(602, found.Length);
            Assert.Equal(ends[1], Assert.Single(found, static entry => entry.HardwareAddress.Equals(Station(0))).Remote);
            Assert.Equal(2, found.Count(entry => entry.HardwareAddress.Equals(unknown)));

            session.Route.Batch.RemoveForwardingEntry(index, Station(0));
            session.Route.Batch.RemoveForwardingEntry(index, Station(0));
            session.Route.Batch.RemoveForwardingEntry(index, unknown, ends[0]);
            session.Route.Batch.RemoveForwardingEntry(index, unknown, ends[0]);
            session.Route.Execute();
            Assert.Equal(600, session.Route.DumpForwardingEntries().Count(entry => entry.Index == index));
        });
    }

    private static PhysicalAddress Station(int number) => new([2, 0x42, 10, 0, (byte)(number >> 8), (byte)number]);

    private static int CreateLink(RtNetlink route)
    {
        route.Batch.CreateVeth(new VethLinkSpec { Name = "v0", PeerName = "v1", Up = true });
        route.Batch.ChangeLink("v1", new LinkChange { Up = true });
        route.Execute();
        return route.FindLink("v0")!.Index;
    }
}
