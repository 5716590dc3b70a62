using System.Net;
using LibNetwork.Drivers.Overlay;
using LibNetwork.Overlay;
using LibNetwork.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Tests.Fakes;

/// <summary>The kernel in memory cannot encrypt, wherever the tests run.</summary>
public sealed class FakeEncryptionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact, Trait("Feature", "OV-06")]
    public async Task A_kernel_that_cannot_encrypt_refuses_encrypted_networks_and_no_others()
    {
        ServiceCollection services = new();
        services.AddLibNetwork().AddOverlayDriver(static options => options.AdvertiseAddress = IPAddress.Parse("192.0.2.10")).AddFakeKernel(new FakeKernel());
        await using ServiceProvider provider = services.BuildServiceProvider();
        INetworkController controller = provider.GetRequiredService<INetworkController>();
        NetworkSpec clear = new() { Name = "net", Driver = "overlay", Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/16") }] };
        NetworkSpec secret = clear with { Options = new Dictionary<string, string> { [OverlayLabels.Encrypted] = string.Empty } };

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => controller.CreateNetworkAsync(secret, Cancel));
        await controller.CreateNetworkAsync(clear, Cancel);   // the control

        Assert.Equal((NetworkErrorKind.NotSupported, OverlayLabels.Encrypted), (refused.Kind, refused.Field));
        Assert.Empty(provider.GetRequiredService<IOverlayKeys>().OwnKeys);
        Assert.Single(controller.Networks);
    }
}
