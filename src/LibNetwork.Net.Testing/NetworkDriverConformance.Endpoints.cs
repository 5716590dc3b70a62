using LibNetwork.Drivers;
using LibNetwork.Linux.Rtnetlink;
using Xunit;

namespace LibNetwork.Testing;

public abstract partial class NetworkDriverConformance
{
    [Fact]
    public async Task An_endpoint_of_a_network_that_is_not_there_is_refused()
    {
        IReadOnlyList<string> before = await Host.SnapshotAsync();

        NetworkException? refused = (NetworkException?)await TryAsync(async () => await Driver.CreateEndpointAsync(NewEndpoint(1, 1), Cancel));

        Assert.True(IsSingleton || refused is { Kind: NetworkErrorKind.NotFound }, $"{refused?.ToString() ?? "it was created"}");   // a singleton's network is always there
        AssertSame(before, await Host.SnapshotAsync(), "the refusal");
    }

    [Fact]
    public async Task Only_what_was_left_open_is_filled_in()
    {
        await Driver.CreateNetworkAsync(NewNetwork(1), Cancel);
        DriverEndpointRequest open = NewEndpoint(1, 1);

        DriverEndpoint settled = await Driver.CreateEndpointAsync(open, Cancel);

        Assert.True(open.IPv4 is null || settled.IPv4 is null, "the IPv4 address was IPAM's");
        Assert.True(open.IPv6 is null || settled.IPv6 is null, "the IPv6 address was IPAM's");
        Assert.NotEmpty(settled.InterfacePrefix);
    }

    [Fact]
    public async Task Deleting_an_endpoint_twice_or_one_that_never_was_is_no_error()
    {
        DriverEndpointRequest endpoint = await CreateAsync();

        await Driver.DeleteEndpointAsync(endpoint.NetworkId, endpoint.Id, Cancel);
        await Driver.DeleteEndpointAsync(endpoint.NetworkId, endpoint.Id, Cancel);
        await Driver.DeleteEndpointAsync(endpoint.NetworkId, NewEndpoint(1, 2).Id, Cancel);
    }

    [Fact]
    public async Task A_joined_endpoint_has_its_interface_where_the_driver_says()
    {
        DriverSandbox sandbox = await Host.CreateSandboxAsync("a");
        DriverEndpointRequest endpoint = await CreateAsync();

        DriverJoin join = await Driver.JoinAsync(JoinOf(endpoint, sandbox), Cancel);

        MacAddress? found = await AddressOfAsync(sandbox, join);
        Assert.True(join.SourceName is null || found is not null, $"there is no interface {join.SourceName}");
        Assert.True(join.SourceName is null || endpoint.MacAddress is null || found == endpoint.MacAddress, $"it has the address {found}, not {endpoint.MacAddress}");
    }

    [Fact]
    public async Task Leaving_takes_the_interface_away_and_the_endpoint_can_join_again_elsewhere()
    {
        DriverSandbox one = await Host.CreateSandboxAsync("a"), other = await Host.CreateSandboxAsync("b");
        DriverEndpointRequest endpoint = await CreateAsync();
        IReadOnlyList<string> before = await Host.SnapshotAsync();
        await Driver.JoinAsync(JoinOf(endpoint, one), Cancel);

        await Driver.LeaveAsync(endpoint.NetworkId, endpoint.Id, Cancel);
        AssertSame(before, await Host.SnapshotAsync(), "leaving");
        DriverJoin again = await Driver.JoinAsync(JoinOf(endpoint, other, "eth7"), Cancel);

        Assert.True(again.SourceName is null || await AddressOfAsync(other, again) is not null, "the second join made no interface");
        await Driver.LeaveAsync(endpoint.NetworkId, endpoint.Id, Cancel);
        AssertSame(before, await Host.SnapshotAsync(), "leaving again");
    }

    [Fact]
    public async Task Leaving_twice_or_without_having_joined_is_no_error()
    {
        DriverSandbox sandbox = await Host.CreateSandboxAsync("a");
        DriverEndpointRequest endpoint = await CreateAsync();
        await Driver.LeaveAsync(endpoint.NetworkId, endpoint.Id, Cancel);
        await Driver.JoinAsync(JoinOf(endpoint, sandbox), Cancel);

        await Driver.LeaveAsync(endpoint.NetworkId, endpoint.Id, Cancel);
        await Driver.LeaveAsync(endpoint.NetworkId, endpoint.Id, Cancel);
        await Driver.LeaveAsync(endpoint.NetworkId, NewEndpoint(1, 2).Id, Cancel);
    }

    [Fact]
    public async Task Leaving_and_deleting_work_when_the_sandbox_is_gone()
    {
        IReadOnlyList<string> before = await WithFirstNetworkGoneAsync();
        DriverSandbox sandbox = await Host.CreateSandboxAsync("a");
        DriverEndpointRequest endpoint = await CreateAsync();
        await Driver.JoinAsync(JoinOf(endpoint, sandbox), Cancel);
        await Host.RemoveSandboxAsync(sandbox);

        await DeleteAsync(endpoint);

        AssertSame(before, await Host.SnapshotAsync(), "deleting what was left");
    }

    [Fact]
    public async Task A_joined_endpoint_that_is_deleted_leaves()
    {
        IReadOnlyList<string> before = await WithFirstNetworkGoneAsync();
        DriverSandbox sandbox = await Host.CreateSandboxAsync("a");
        DriverEndpointRequest endpoint = await CreateAsync();
        await Driver.JoinAsync(JoinOf(endpoint, sandbox), Cancel);

        await Driver.DeleteEndpointAsync(endpoint.NetworkId, endpoint.Id, Cancel);
        await DeleteNetworkAsync(endpoint.NetworkId);
        await Host.RemoveSandboxAsync(sandbox);

        AssertSame(before, await Host.SnapshotAsync(), "deleting the joined endpoint");
    }

    [Fact]
    public async Task An_interface_name_that_is_taken_in_the_sandbox_is_refused_and_nothing_is_left()
    {
        DriverSandbox sandbox = await Host.CreateSandboxAsync("a");
        DriverEndpointRequest endpoint = await CreateAsync();
        DriverJoin probe = await Driver.JoinAsync(JoinOf(endpoint, sandbox), Cancel);
        await Driver.LeaveAsync(endpoint.NetworkId, endpoint.Id, Cancel);
        await Host.Kernel.Reaper.DrainAsync();   // a driver may leave its own interface there for a moment
        await Host.ReadAsync(sandbox, static route =>
        {
            route.Batch.CreateBridge(new BridgeLinkSpec { Name = "eth0" });   // somebody else's, of a kind that every kernel has
            route.Execute();
            return true;
        });
        IReadOnlyList<string> before = await Host.SnapshotAsync();

        NetworkException? refused = (NetworkException?)await TryAsync(async () => await Driver.JoinAsync(JoinOf(endpoint, sandbox), Cancel));
        await Driver.LeaveAsync(endpoint.NetworkId, endpoint.Id, Cancel);

        bool makesIt = probe is { SourceName: not null, CreatedInSandbox: true };   // otherwise the name is the controller's business
        Assert.Equal(makesIt ? NetworkErrorKind.Conflict : null, refused?.Kind);
        AssertSame(before, await Host.SnapshotAsync(), "the refusal");
    }

    /// <summary>The host after a network came and went. Only packet rules, such as a table that all networks share, may be new.</summary>
    private async Task<IReadOnlyList<string>> WithFirstNetworkGoneAsync()
    {
        IReadOnlyList<string> untouched = await Host.SnapshotAsync();
        await Driver.CreateNetworkAsync(NewNetwork(1), Cancel);
        await DeleteNetworkAsync(NewNetwork(1).Id);
        IReadOnlyList<string> after = await Host.SnapshotAsync();
        AssertSame(WithoutRules(untouched), WithoutRules(after), "the first network");
        return after;
    }

    /// <returns>The hardware address of a joined endpoint's interface; <see langword="null"/> when it is not there.</returns>
    private async Task<MacAddress?> AddressOfAsync(DriverSandbox sandbox, DriverJoin join)
    {
        LinkInfo? found = join.SourceName is not { } name ? null
            : join.CreatedInSandbox ? await Host.ReadAsync(sandbox, route => route.FindLink(name.Value))
            : await Host.Kernel.RunAsync(static (session, name) => session.Route.FindLink(name), name.Value, Cancel);
        return found is null ? null : MacAddress.Parse(string.Join(':', found.PhysicalAddress.GetAddressBytes().Select(static part => part.ToString("x2", System.Globalization.CultureInfo.InvariantCulture))));
    }
}
