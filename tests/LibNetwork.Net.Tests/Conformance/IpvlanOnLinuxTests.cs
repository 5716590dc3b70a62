using LibNetwork.Linux.Features;
using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>The ipvlan driver on Linux.</summary>
[Trait("Category", "Kernel")]
public sealed class IpvlanOnLinuxTests() : WireDriverConformance("ipvlan")
{
    protected override Task<DriverHost> OpenHostAsync()
    {
        Assert.SkipUnless(KernelFeature.Ipvlan.IsSupported, KernelFeature.Ipvlan.Reason ?? string.Empty);
        return DriverHost.OnLinuxAsync();
    }
}
