using LibNetwork.Linux.Features;
using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>The ipvlan driver with access of the host, on Linux.</summary>
[Trait("Category", "Kernel")]
public sealed class IpvlanHostAccessOnLinuxTests() : HostAccessConformance("ipvlan")
{
    protected override Task<DriverHost> OpenHostAsync()
    {
        Assert.SkipUnless(KernelFeature.Ipvlan.IsSupported, KernelFeature.Ipvlan.Reason ?? string.Empty);
        return DriverHost.OnLinuxAsync();
    }
}
