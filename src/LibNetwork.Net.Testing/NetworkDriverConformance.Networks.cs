using LibNetwork.Drivers;
using Xunit;

namespace LibNetwork.Testing;

public abstract partial class NetworkDriverConformance
{
    [Fact]
    public void The_driver_has_a_name_that_users_can_write_and_says_the_same_of_itself_each_time()
    {
        Assert.Equal(Driver.Name.ToLowerInvariant(), Driver.Name);
        Assert.False(string.IsNullOrWhiteSpace(Driver.Name));
        Assert.Equal(Driver.Capabilities, Driver.Capabilities);
        Assert.Equal(Driver.Capabilities, CreateDriver(Host).Capabilities);
    }

    [Fact]
    public async Task Everything_goes_with_a_network()
    {
        IReadOnlyList<string> before = await WithFirstNetworkGoneAsync();
        await Driver.CreateNetworkAsync(NewNetwork(1), Cancel);

        await DeleteNetworkAsync(NewNetwork(1).Id);

        AssertSame(before, await Host.SnapshotAsync(), "deleting the network");
    }

    [Fact]
    public async Task There_are_as_many_networks_as_the_driver_says_and_each_goes_alone()
    {
        await Driver.CreateNetworkAsync(NewNetwork(1), Cancel);
        IReadOnlyList<string> one = await Host.SnapshotAsync();

        NetworkException? refused = (NetworkException?)await TryAsync(async () => await Driver.CreateNetworkAsync(NewNetwork(2), Cancel));
        if (refused is null)
        {
            await Driver.DeleteNetworkAsync(NewNetwork(2).Id, Cancel);
        }

        Assert.Equal(IsSingleton ? NetworkErrorKind.Forbidden : null, refused?.Kind);
        AssertSame(one, await Host.SnapshotAsync(), "deleting the second network");
    }

    [Fact]
    public async Task Deleting_a_network_twice_or_one_that_never_was_is_no_error()
    {
        await Driver.CreateNetworkAsync(NewNetwork(1), Cancel);

        await DeleteNetworkAsync(NewNetwork(1).Id);
        await DeleteNetworkAsync(NewNetwork(1).Id);
        await Driver.DeleteNetworkAsync(NewNetwork(2).Id, Cancel);
    }

    [Fact]
    public async Task A_network_can_be_made_again_after_it_was_deleted()
    {
        await Driver.CreateNetworkAsync(NewNetwork(1), Cancel);
        IReadOnlyList<string> first = await Host.SnapshotAsync();
        await DeleteNetworkAsync(NewNetwork(1).Id);

        await Driver.CreateNetworkAsync(NewNetwork(1), Cancel);

        AssertSame(first, await Host.SnapshotAsync(), "making it again");
    }

    [Fact]
    public async Task A_cancelled_creation_changes_nothing()
    {
        IReadOnlyList<string> before = await Host.SnapshotAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Driver.CreateNetworkAsync(NewNetwork(1), new CancellationToken(canceled: true)));

        AssertSame(before, await Host.SnapshotAsync(), "a cancelled creation");
        await Driver.CreateNetworkAsync(NewNetwork(1), Cancel);   // the control: it can be made
    }
}
