using LibNetwork.Testing;

namespace LibNetwork.Samples.Tests.PointToPoint;

/// <summary>The point-to-point driver on a fake kernel.</summary>
public sealed class PointToPointOnFakeTests : PointToPointConformance
{
    protected override Task<DriverHost> OpenHostAsync() => DriverHost.OnFakeKernelAsync();
}
