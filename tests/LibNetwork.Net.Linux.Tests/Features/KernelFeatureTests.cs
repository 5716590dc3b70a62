using LibNetwork.Linux.Features;

namespace LibNetwork.Linux.Tests.Features;

[Trait("Category", "Kernel")]
public sealed class KernelFeatureTests
{
    [Fact]
    public void What_every_container_host_has_is_supported()
    {
        Assert.True(KernelFeature.Veth.IsSupported, KernelFeature.Veth.Reason);
        Assert.True(KernelFeature.Bridge.IsSupported, KernelFeature.Bridge.Reason);
        Assert.True(KernelFeature.Vxlan.IsSupported, KernelFeature.Vxlan.Reason);
        Assert.True(KernelFeature.Macvlan.IsSupported, KernelFeature.Macvlan.Reason);
    }

    [Fact]
    public void A_feature_gives_a_reason_exactly_when_it_is_not_supported()
        => Assert.All(KernelFeature.All, static feature =>
        {
            Assert.Equal(feature.IsSupported, feature.Reason is null);
            Assert.NotEmpty(feature.Name);
        });
}
