using System.Net;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using PointToPoint;

namespace LibNetwork.Samples.Tests.PointToPoint;

/// <summary>The point-to-point driver below a controller, with traffic.</summary>
[Trait("Category", "Kernel")]
public sealed class PointToPointTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_sandboxes_talk_over_one_cable_and_there_is_no_room_for_a_third()
    {
        using TestHost host = await TestHost.CreateAsync();
        IReadOnlyList<string> before = await KernelSnapshot.TakeAsync(host.NamespacePath);
        await using ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (host.NamespacePath, host.RunDirectory))
            .AddPointToPointDriver()
            .Services.BuildServiceProvider();
        INetworkController controller = services.GetRequiredService<INetworkController>();
        INetwork network = await controller.CreateNetworkAsync(
            new NetworkSpec { Name = "cable", Driver = "ptp", Pools = [new PoolSpec { Subnet = Subnet.Parse("10.70.0.0/31") }] }, Cancel);
        (ISandbox left, IEndpoint one) = await AttachAsync("left");
        (ISandbox right, IEndpoint two) = await AttachAsync("right");

        IPAddress? seen = await Traffic.SendAsync(left.OpenSocket, right.OpenSocket, two.State.IPv4!.Value.Address, Waiting.Patience);
        NetworkException full = await Assert.ThrowsAsync<NetworkException>(() => AttachAsync("third"));
        await one.LeaveAsync(left, Cancel);
        await one.JoinAsync(left, cancellationToken: Cancel);
        IPAddress? again = await Traffic.SendAsync(right.OpenSocket, left.OpenSocket, one.State.IPv4!.Value.Address, Waiting.Patience);
        foreach (ISandbox sandbox in controller.Sandboxes)
        {
            await sandbox.DeleteAsync(Cancel);
        }

        await network.DeleteAsync(Cancel);
        await controller.DrainAsync();

        Assert.Equal(one.State.IPv4!.Value.Address, seen);
        Assert.Equal(two.State.IPv4!.Value.Address, again);
        Assert.Contains(full.Kind, (NetworkErrorKind[])[NetworkErrorKind.Conflict, NetworkErrorKind.Exhausted]);
        Assert.Equal(before, await KernelSnapshot.TakeAsync(host.NamespacePath));

        async Task<(ISandbox Sandbox, IEndpoint Endpoint)> AttachAsync(string name)
        {
            ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = name }, Cancel);
            return (sandbox, await network.AttachAsync(sandbox, new EndpointSpec { Name = name }, cancellationToken: Cancel));
        }
    }
}
