using System.Net;

namespace LibNetwork.Tests;

/// <summary>Settings of an endpoint that make no sense; beside each that is refused stands one that is taken.</summary>
[Trait("Category", "Kernel")]
public sealed class BadEndpointTests
{
    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["an address outside the network's subnet"] = new(
            NetworkErrorKind.InvalidArgument, "IPv4Address",
            static spec => spec with { IPv4Address = IPAddress.Parse("10.6.0.5") }, static spec => spec with { IPv4Address = IPAddress.Parse("10.5.0.5") }),
        ["an address of the other family"] = new(
            NetworkErrorKind.InvalidArgument, "IPv6Address",
            static spec => spec with { IPv6Address = IPAddress.Parse("10.5.0.5") }, static spec => spec with { IPv6Address = IPAddress.Parse("fd05::5") }),
        ["the gateway's address"] = new(
            NetworkErrorKind.Conflict, null,
            static spec => spec with { IPv4Address = IPAddress.Parse("10.5.0.1") }, static spec => spec with { IPv4Address = IPAddress.Parse("10.5.0.2") }),
        ["the broadcast address"] = new(
            NetworkErrorKind.Conflict, null,
            static spec => spec with { IPv4Address = IPAddress.Parse("10.5.0.7") }, static spec => spec with { IPv4Address = IPAddress.Parse("10.5.0.6") }),
        ["a multicast MAC address"] = new(
            NetworkErrorKind.InvalidArgument, "MacAddress",
            static spec => spec with { MacAddress = MacAddress.Parse("01:00:5e:00:00:01") }, static spec => spec with { MacAddress = MacAddress.Parse("02:00:5e:00:00:01") }),
        ["a link-local address that is none"] = new(
            NetworkErrorKind.InvalidArgument, "LinkLocalAddresses",
            static spec => spec with { LinkLocalAddresses = [IPAddress.Parse("10.0.0.1")] }, static spec => spec with { LinkLocalAddresses = [IPAddress.Parse("169.254.7.1")] }),
    };

    private static CancellationToken Cancel => World.Cancel;

    public static TheoryData<string> Situations { get; } = [.. Cases.Keys];

    [Theory, MemberData(nameof(Situations)), Trait("Feature", "CN-41")]
    public async Task It_is_refused_by_kind_and_field_and_leaves_nothing(string situation)
    {
        Case wrong = Cases[situation];
        EndpointSpec spec = new() { Name = "e" };
        await using World world = await World.CreateAsync();
        INetwork network = await SmallNetworkAsync(world);
        ISandbox sandbox = await world.SandboxAsync("c");

        NetworkException refused = await Refusal.AssertAsync(
            world, wrong.Kind, () => network.AttachAsync(sandbox, wrong.Bad(spec), cancellationToken: Cancel));
        IEndpoint control = await network.AttachAsync(sandbox, wrong.Good(spec), cancellationToken: Cancel);

        Assert.Equal(wrong.Field, refused.Field);
        Assert.Equal(sandbox.Id, control.State.SandboxId);
    }

    [Fact, Trait("Feature", "CN-41")]
    public async Task The_endpoint_that_finds_the_pool_empty_is_refused_until_another_goes()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await SmallNetworkAsync(world);
        List<IEndpoint> all = [];
        for (int i = 0; i < 5; i++)
        {
            all.Add(await network.CreateEndpointAsync(new EndpointSpec { Name = $"e{i}" }, Cancel));
        }

        await Refusal.AssertAsync(world, NetworkErrorKind.Exhausted, () => network.CreateEndpointAsync(new EndpointSpec { Name = "late" }, Cancel));
        await all[2].DeleteAsync(cancellationToken: Cancel);
        IEndpoint control = await network.CreateEndpointAsync(new EndpointSpec { Name = "late" }, Cancel);

        Assert.Equal(all[2].State.IPv4, control.State.IPv4);
    }

    private static Task<INetwork> SmallNetworkAsync(World world) => world.NetworkAsync("web", static spec => spec with
    {
        Pools = [new PoolSpec { Subnet = Subnet.Parse("10.5.0.0/29") }, new PoolSpec { Subnet = Subnet.Parse("fd05::/64") }],
    });

    private sealed record Case(NetworkErrorKind Kind, string? Field, Func<EndpointSpec, EndpointSpec> Bad, Func<EndpointSpec, EndpointSpec> Good);
}
