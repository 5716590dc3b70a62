using LibNetwork.Drivers;
using LibNetwork.Linux.Rtnetlink;
using Xunit;

namespace LibNetwork.Testing;

public abstract partial class NetworkDriverConformance
{
    [Fact]
    public async Task The_next_process_takes_up_what_is_there_and_changes_nothing()
    {
        DriverSandbox sandbox = await Host.CreateSandboxAsync("a");
        DriverEndpointRequest endpoint = await CreateAsync();
        DriverJoin join = await Driver.JoinAsync(JoinOf(endpoint, sandbox), Cancel);
        Assert.SkipUnless(Driver is IRestorableDriver || join.SourceName is null, "the driver does not outlive its process");
        IReadOnlyList<string> before = await Host.SnapshotAsync();

        await RestartAsync();
        await Driver.CreateNetworkAsync(NewNetwork(1), Cancel);
        await Driver.CreateEndpointAsync(endpoint, Cancel);
        bool isThere = Driver is not IRestorableDriver restorable || await restorable.RestoreJoinAsync(RestoreOf(endpoint, sandbox), Cancel);

        Assert.True(isThere, "the interface was not found");
        AssertSame(before, await Host.SnapshotAsync(), "a restart");
        await Driver.LeaveAsync(endpoint.NetworkId, endpoint.Id, Cancel);
        await Driver.JoinAsync(JoinOf(endpoint, sandbox), Cancel);   // it goes on as if nothing had happened
        AssertSame(before, await Host.SnapshotAsync(), "leaving and joining again");
    }

    [Fact]
    public async Task The_next_process_sees_that_an_interface_is_gone()
    {
        DriverSandbox sandbox = await Host.CreateSandboxAsync("a");
        DriverEndpointRequest endpoint = await CreateAsync();
        DriverJoin join = await Driver.JoinAsync(JoinOf(endpoint, sandbox), Cancel);
        if (join.SourceName is null)
        {
            Assert.False(Driver is IRestorableDriver, "there is nothing that it could find gone");
            return;
        }

        Assert.SkipUnless(Driver is IRestorableDriver, "the driver does not outlive its process");
        bool Remove(RtNetlink route)
        {
            route.Batch.DeleteLink(join.SourceName.Value.Value);
            route.Execute();
            return true;
        }

        _ = join.CreatedInSandbox
            ? await Host.ReadAsync(sandbox, Remove)
            : await Host.Kernel.RunAsync(static (session, remove) => remove(session.Route), (Func<RtNetlink, bool>)Remove, Cancel);

        await RestartAsync();
        await Driver.CreateNetworkAsync(NewNetwork(1), Cancel);
        await Driver.CreateEndpointAsync(endpoint, Cancel);

        Assert.False(await ((IRestorableDriver)Driver).RestoreJoinAsync(RestoreOf(endpoint, sandbox), Cancel));
    }

    [Fact]
    public async Task What_is_on_no_record_is_removed_and_what_is_stays()
    {
        IReadOnlyList<string> before = await WithFirstNetworkGoneAsync();
        await Driver.CreateNetworkAsync(NewNetwork(1), Cancel);
        IReadOnlyList<string> kept = await Host.SnapshotAsync();
        DriverSandbox sandbox = await Host.CreateSandboxAsync("a");
        int other = IsSingleton ? 1 : 2;
        await CreateAsync(other);
        await Driver.JoinAsync(JoinOf(NewEndpoint(other, 1), sandbox), Cancel);

        await RestartAsync();
        await Host.RemoveSandboxAsync(sandbox);   // its own leftovers go with it
        await Driver.CreateNetworkAsync(NewNetwork(1), Cancel);
        await SweepAsync();
        IReadOnlyList<string> swept = await Host.SnapshotAsync();
        Assert.SkipWhen(Driver is not ILeftoverDriver && !swept.SequenceEqual(kept), "the driver does not look for leftovers");
        IReadOnlyList<string> again = await SweepAsync();
        await DeleteNetworkAsync(NewNetwork(1).Id);

        AssertSame(WithoutRules(kept), WithoutRules(swept), "sweeping up");
        Assert.Empty(again);
        AssertSame(WithoutRules(before), WithoutRules(await Host.SnapshotAsync()), "deleting what was kept");
    }

    /// <summary>Packet rules of what is on no record are the firewall's to remove, not the driver's.</summary>
    private static IReadOnlyList<string> WithoutRules(IReadOnlyList<string> lines) => [.. lines.Where(static line => !line.StartsWith("table ", StringComparison.Ordinal))];

    private static DriverRestoreRequest RestoreOf(DriverEndpointRequest endpoint, DriverSandbox sandbox) => new()
    {
        NetworkId = endpoint.NetworkId, EndpointId = endpoint.Id, SandboxId = sandbox.Id, NamespacePath = sandbox.NamespacePath,
    };

    private async Task<IReadOnlyList<string>> SweepAsync() => Driver is ILeftoverDriver leftover ? await leftover.RemoveLeftoversAsync(Cancel) : [];

    private async Task RestartAsync()
    {
        await CleanUpAsync();
        await Host.RestartAsync();
        _driver = CreateDriver(Host);
    }
}
