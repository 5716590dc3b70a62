using System.Reflection;
using LibNetwork.Drivers;
using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>The conformance tests find what is wrong with a driver: each breach of the contract lets the test fail that is about it.</summary>
public sealed class ConformanceSuiteTests
{
    [Theory]
    [InlineData(Breach.LeavesTheInterface, nameof(NetworkDriverConformance.Leaving_takes_the_interface_away_and_the_endpoint_can_join_again_elsewhere))]
    [InlineData(Breach.LeavesTheInterface, nameof(NetworkDriverConformance.A_removal_that_fails_at_any_request_is_finished_by_the_next))]
    [InlineData(Breach.LeavesTheInterface, nameof(NetworkDriverConformance.Calls_for_different_networks_and_endpoints_overlap_and_nothing_is_left))]
    [InlineData(Breach.MindsWhatIsGone, nameof(NetworkDriverConformance.Deleting_a_network_twice_or_one_that_never_was_is_no_error))]
    [InlineData(Breach.MindsWhatIsGone, nameof(NetworkDriverConformance.Deleting_an_endpoint_twice_or_one_that_never_was_is_no_error))]
    [InlineData(Breach.JoinsWithoutRollBack, nameof(NetworkDriverConformance.A_join_that_fails_at_any_request_leaves_nothing_and_can_be_repeated))]
    [InlineData(Breach.ForgetsTheParent, nameof(NetworkDriverConformance.Everything_goes_with_a_network))]
    [InlineData(Breach.ForgetsTheParent, nameof(NetworkDriverConformance.A_creation_that_fails_at_any_request_leaves_nothing_and_can_be_repeated))]
    [InlineData(Breach.IgnoresTheToken, nameof(NetworkDriverConformance.A_cancelled_creation_changes_nothing))]
    [InlineData(Breach.OverwritesTheAddress, nameof(NetworkDriverConformance.Only_what_was_left_open_is_filled_in))]
    [InlineData(Breach.MakesNoInterface, nameof(NetworkDriverConformance.A_joined_endpoint_has_its_interface_where_the_driver_says))]
    [InlineData(Breach.TakesAnyNetwork, nameof(NetworkDriverConformance.An_endpoint_of_a_network_that_is_not_there_is_refused))]
    [InlineData(Breach.ShoutsItsName, nameof(NetworkDriverConformance.The_driver_has_a_name_that_users_can_write_and_says_the_same_of_itself_each_time))]
    public async Task A_breach_is_found(Breach breach, string test)
    {
        Assert.Null(await RunAsync(Breach.None, test));   // the control
        Assert.NotNull(await RunAsync(breach, test));
    }

    private static async Task<Exception?> RunAsync(Breach breach, string test)
    {
        await using Subject subject = new(breach);
        await subject.InitializeAsync();
        MethodInfo method = typeof(NetworkDriverConformance).GetMethod(test) ?? throw new InvalidOperationException($"There is no test {test}.");
        return await Record.ExceptionAsync(
            () => method.Invoke(subject, BindingFlags.DoNotWrapExceptions, binder: null, [], culture: null) as Task ?? Task.CompletedTask);
    }

    private sealed class Subject(Breach breach) : WireDriverConformance("macvlan")
    {
        protected override Task<DriverHost> OpenHostAsync() => DriverHost.OnFakeKernelAsync();

        protected override INetworkDriver CreateDriver(DriverHost host) => new BreachingDriver(base.CreateDriver(host), host, breach);

        protected override DriverNetworkRequest NewNetwork(int number)
        {
            DriverNetworkRequest network = base.NewNetwork(number);
            return breach == Breach.ForgetsTheParent ? network with { Options = new Dictionary<string, string>(StringComparer.Ordinal) } : network;
        }
    }
}
