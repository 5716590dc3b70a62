using System.Net;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.Tests.Support;

namespace LibNetwork.Linux.Tests.Rtnetlink;

/// <summary>What the kernel would do with one packet.</summary>
[Trait("Category", "Kernel")]
public sealed class RouteQuestionKernelTests
{
    private static readonly IPAddress Own4 = IPAddress.Parse("10.1.0.2"), Far4 = IPAddress.Parse("192.0.2.9"), Router4 = IPAddress.Parse("10.1.0.1");
    private static readonly IPAddress Own6 = IPAddress.Parse("fd01::2"), Far6 = IPAddress.Parse("2001:db8::9"), Router6 = IPAddress.Parse("fd01::1");

    [Theory]
    [InlineData("10.1.0.2", "10.1.0.9", "192.0.2.9", "10.1.0.1")]
    [InlineData("fd01::2", "fd01::9", "2001:db8::9", "fd01::1")]
    public async Task A_packet_of_this_host_goes_by_the_route_with_the_address_that_the_route_chooses(string own, string near, string far, string router)
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(session =>
        {
            RtNetlink route = session.Route;
            int index = Furnish(route);

            RouteInfo away = route.ResolveRoute(new RouteQuestion { Destination = IPAddress.Parse(far) });
            RouteInfo neighbour = route.ResolveRoute(new RouteQuestion { Destination = IPAddress.Parse(near), Source = IPAddress.Parse(own) });
            RouteQuestion toItself = new() { Destination = IPAddress.Parse(own) };
            SpinWait.SpinUntil(() => route.ResolveRoute(toItself).Type == RouteType.Local, TimeSpan.FromSeconds(10));   // IPv6 takes addresses up in a work queue
            RouteInfo here = route.ResolveRoute(toItself);

            Assert.Equal((RouteType.Unicast, index, IPAddress.Parse(router), IPAddress.Parse(own)), (away.Type, away.OutputInterface, away.Gateway, away.Source));
            Assert.Equal((RouteType.Unicast, index, (IPAddress?)null), (neighbour.Type, neighbour.OutputInterface, neighbour.Gateway));
            Assert.Equal(RouteType.Local, here.Type);
        });
    }

    [Fact]
    public async Task Where_there_is_no_route_the_kernel_says_so()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            KernelException four = Assert.Throws<KernelException>(() => session.Route.ResolveRoute(new RouteQuestion { Destination = Far4 }));
            KernelException six = Assert.Throws<KernelException>(() => session.Route.ResolveRoute(new RouteQuestion { Destination = Far6 }));

            Assert.Equal((LinuxErrno.ENETUNREACH, LinuxErrno.ENETUNREACH), (four.Errno, six.Errno));
            Assert.Equal("resolve route", four.Operation);
            Assert.Equal(Far4.ToString(), four.Subject);
        });
    }

    [Fact]
    public async Task A_packet_that_comes_in_is_passed_on_only_where_that_is_on()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            int index = Furnish(session.Route);
            RouteQuestion question = new() { Destination = Far4, Source = IPAddress.Parse("10.1.0.7"), InputInterface = index };
            session.WriteSysctl(session.HostNamespace, "net/ipv4/ip_forward", "0");
            KernelException off = Assert.Throws<KernelException>(() => session.Route.ResolveRoute(question));
            session.WriteSysctl(session.HostNamespace, "net/ipv4/ip_forward", "1");

            RouteInfo on = session.Route.ResolveRoute(question);

            Assert.Equal(LinuxErrno.EHOSTUNREACH, off.Errno);
            Assert.Equal((index, Router4), (on.OutputInterface, on.Gateway));
        });
    }

    [Fact]
    public async Task With_an_interface_to_leave_by_only_its_routes_count()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            RtNetlink route = session.Route;
            int index = Furnish(route);
            route.Batch.CreateBridge(new BridgeLinkSpec { Name = "d1", Up = true });
            route.Execute();
            int other = route.FindLink("d1")!.Index;   // made above

            Assert.Equal(index, route.ResolveRoute(new RouteQuestion { Destination = Far4, OutputInterface = index }).OutputInterface);
            Assert.Throws<KernelException>(() => route.ResolveRoute(new RouteQuestion { Destination = Far4, OutputInterface = other }));
        });
    }

    [Fact]
    public async Task Routing_rules_that_ask_for_a_mark_are_heeded()
    {
        const uint Mark = 7, Table = 77;
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            RtNetlink route = session.Route;
            int index = Furnish(route);
            route.Batch.AddRoute(new RouteSpec { Destination = new IPNetwork(Far4, 32), Gateway = IPAddress.Parse("10.1.0.77"), OutputInterface = index, Table = Table });
            route.Batch.AddRule(new PolicyRuleSpec { Family = System.Net.Sockets.AddressFamily.InterNetwork, Table = Table, Mark = Mark, Priority = 100 });
            route.Execute();

            Assert.Equal(Router4, route.ResolveRoute(new RouteQuestion { Destination = Far4 }).Gateway);
            Assert.Equal(IPAddress.Parse("10.1.0.77"), route.ResolveRoute(new RouteQuestion { Destination = Far4, Mark = Mark }).Gateway);
        });
    }

    private static int Furnish(RtNetlink route)
    {
        route.Batch.CreateBridge(new BridgeLinkSpec { Name = "d0", Up = true });
        route.Execute();
        int index = route.FindLink("d0")!.Index;   // made above
        route.Batch.AddAddress(index, Own4, 16);
        route.Batch.AddAddress(index, Own6, 64);
        route.Batch.AddRoute(new RouteSpec { Destination = IPNetwork.Parse("0.0.0.0/0"), Gateway = Router4, OutputInterface = index });
        route.Batch.AddRoute(new RouteSpec { Destination = IPNetwork.Parse("::/0"), Gateway = Router6, OutputInterface = index });
        route.Execute();
        return index;
    }
}
