using System.Net;

namespace LibNetwork.Tests;

/// <summary>Settings of a network that make no sense; beside each that is refused stands one that is taken.</summary>
[Trait("Category", "Kernel")]
public sealed class BadNetworkTests
{
    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["a driver that does not exist"] = new(
            NetworkErrorKind.NotFound, "Driver", static spec => spec with { Driver = "framerelay" }, static spec => spec with { Driver = "bridge" }),
        ["an IPAM driver that does not exist"] = new(
            NetworkErrorKind.NotFound, "IpamDriver", static spec => spec with { IpamDriver = "oracle" }, static spec => spec with { IpamDriver = "default" }),
        ["a subnet that is part of another network's"] = new(
            NetworkErrorKind.Forbidden, null, static spec => With(spec, "10.5.7.0/24"), static spec => With(spec, "10.6.0.0/24")),
        ["a subnet that contains another network's"] = new(
            NetworkErrorKind.Forbidden, null, static spec => With(spec, "10.4.0.0/14"), static spec => With(spec, "10.8.0.0/14")),
        ["an IPv6 subnet that overlaps another network's"] = new(
            NetworkErrorKind.Forbidden, null, static spec => With(spec, "fd05::/48"), static spec => With(spec, "fd05:0:1::/64")),
        ["a gateway outside its subnet"] = new(
            NetworkErrorKind.InvalidArgument, "Gateway", static spec => With(spec, "10.9.0.0/24", "10.9.1.1"), static spec => With(spec, "10.9.0.0/24", "10.9.0.9")),
        ["a gateway of the other family"] = new(
            NetworkErrorKind.InvalidArgument, "Gateway", static spec => With(spec, "10.9.0.0/24", "fd09::1"), static spec => With(spec, "fd09::/64", "fd09::1")),
        ["a gateway that is the network's address"] = new(
            NetworkErrorKind.Conflict, null, static spec => With(spec, "10.9.0.0/24", "10.9.0.0"), static spec => With(spec, "10.9.0.0/24", "10.9.0.254")),
        ["a range outside its subnet"] = new(
            NetworkErrorKind.InvalidArgument, "Range", static spec => WithRange(spec, "10.9.0.0/24", "10.9.1.0/25"), static spec => WithRange(spec, "10.9.0.0/24", "10.9.0.128/25")),
        ["a reserved address outside its subnet"] = new(
            NetworkErrorKind.Forbidden, null, static spec => WithReserved(spec, "10.9.0.0/24", "10.9.1.5"), static spec => WithReserved(spec, "10.9.0.0/24", "10.9.0.5")),
        ["two subnets of one family"] = new(
            NetworkErrorKind.InvalidArgument, "Pools", static spec => With(With(spec, "10.9.0.0/24"), "10.10.0.0/24"), static spec => With(With(spec, "10.9.0.0/24"), "fd09::/64")),
        ["a subnet of a family that is off"] = new(
            NetworkErrorKind.InvalidArgument, "Pools", static spec => With(spec, "10.9.0.0/24") with { EnableIPv4 = false }, static spec => With(spec, "10.9.0.0/24")),
        ["neither family"] = new(
            NetworkErrorKind.InvalidArgument, "EnableIPv4", static spec => spec with { EnableIPv4 = false, EnableIPv6 = false }, static spec => spec with { EnableIPv4 = false }),
        ["a subnet of multicast addresses"] = new(
            NetworkErrorKind.InvalidArgument, "Subnet", static spec => With(spec, "ff05::/64"), static spec => With(spec, "fd0a::/64")),
        ["the name of an interface that is no bridge"] = new(
            NetworkErrorKind.Conflict, null, static spec => Named(spec, TestSupport.TestHost.WireName), static spec => Named(spec, "br-mine")),
        ["another network's bridge"] = new(
            NetworkErrorKind.Forbidden, null, static spec => Named(spec, "br-first"), static spec => Named(spec, "br-second")),
    };

    public static TheoryData<string> Situations { get; } = [.. Cases.Keys];

    [Theory, MemberData(nameof(Situations)), Trait("Feature", "CN-41")]
    public async Task It_is_refused_by_kind_and_field_and_leaves_nothing(string situation)
    {
        Case wrong = Cases[situation];
        await using World world = await World.CreateAsync();
        await world.NetworkAsync("first", static spec => Named(With(With(spec, "10.5.0.0/16"), "fd05::/64"), "br-first"));

        NetworkException refused = await Refusal.AssertAsync(world, wrong.Kind, () => world.NetworkAsync("web", wrong.Bad));
        INetwork control = await world.NetworkAsync("web", wrong.Good);

        Assert.Equal(wrong.Field, refused.Field);
        Assert.Same(control, world.Controller.GetNetwork("web"));
    }

    private static NetworkSpec With(NetworkSpec spec, string subnet, string? gateway = null) => spec with
    {
        Pools = [.. spec.Pools, new PoolSpec { Subnet = Subnet.Parse(subnet), Gateway = gateway is null ? null : IPAddress.Parse(gateway) }],
    };

    private static NetworkSpec WithRange(NetworkSpec spec, string subnet, string range) => spec with
    {
        Pools = [new PoolSpec { Subnet = Subnet.Parse(subnet), Range = Subnet.Parse(range) }],
    };

    private static NetworkSpec WithReserved(NetworkSpec spec, string subnet, string address) => spec with
    {
        Pools = [new PoolSpec { Subnet = Subnet.Parse(subnet), Reserved = new Dictionary<string, IPAddress> { ["printer"] = IPAddress.Parse(address) } }],
    };

    private static NetworkSpec Named(NetworkSpec spec, string bridge)
        => spec with { Options = new Dictionary<string, string> { ["com.docker.network.bridge.name"] = bridge } };

    private sealed record Case(NetworkErrorKind Kind, string? Field, Func<NetworkSpec, NetworkSpec> Bad, Func<NetworkSpec, NetworkSpec> Good);
}
