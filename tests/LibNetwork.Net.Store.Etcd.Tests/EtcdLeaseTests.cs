using System.Net;
using System.Net.Sockets;
using LibNetwork.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LibNetwork.Stores.Etcd.Tests;

/// <summary>When a lease says that it has ended.</summary>
[Trait("Feature", "ST-01"), Trait("Category", "Kernel")]
public sealed class EtcdLeaseTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(9), Step = TimeSpan.FromMilliseconds(100);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lease_ends_on_time_also_while_an_attempt_to_renew_it_is_not_answered()
    {
        EtcdFixture.SkipUnlessInstalled();
        await using EtcdMembers members = await EtcdMembers.StartAsync();
        FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
        await using EtcdNetworkStore store = EtcdNetworkStore.Open(
            new EtcdStoreOptions { Endpoints = members.Endpoints, OpenSocket = members.OpenSocket }, NullLogger<EtcdNetworkStore>.Instance, clock);
        await using IStoreLease lease = await store.LeaseAsync(Duration, Cancel);
        await members.KillAsync(0);
        TimeSpan passed = await PassAsync(clock, Duration - (5 * Step));
        using Socket silent = members.OpenSocket(AddressFamily.InterNetwork);   // who takes a connection and says nothing
        silent.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, members.Endpoints[0].Port));
        silent.Listen();
        passed += await PassAsync(clock, 4 * Step);
        Assert.False(lease.Ended.IsCancellationRequested);   // the control

        passed += await PassAsync(clock, 2 * Step);

        Assert.True(lease.Ended.IsCancellationRequested, $"it has not ended {passed} after it was taken");
    }

    /// <summary>Lets time pass in steps, each long enough for what it sets off.</summary>
    private static async Task<TimeSpan> PassAsync(FakeTimeProvider clock, TimeSpan time)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += Step)
        {
            clock.Advance(Step);
            await Task.Delay(20, Cancel);
        }

        return time;
    }
}
