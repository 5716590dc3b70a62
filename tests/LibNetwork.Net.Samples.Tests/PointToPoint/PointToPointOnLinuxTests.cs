using LibNetwork.Testing;

namespace LibNetwork.Samples.Tests.PointToPoint;

/// <summary>The point-to-point driver on Linux.</summary>
[Trait("Category", "Kernel")]
public sealed class PointToPointOnLinuxTests : PointToPointConformance
{
    protected override Task<DriverHost> OpenHostAsync() => DriverHost.OnLinuxAsync();
}
