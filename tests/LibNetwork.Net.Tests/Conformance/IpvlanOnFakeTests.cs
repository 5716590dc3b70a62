using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>The ipvlan driver on a fake kernel.</summary>
public sealed class IpvlanOnFakeTests() : WireDriverConformance("ipvlan")
{
    protected override Task<DriverHost> OpenHostAsync() => DriverHost.OnFakeKernelAsync();
}
