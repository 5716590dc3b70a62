using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>The ipvlan driver with access of the host, on a fake kernel.</summary>
public sealed class IpvlanHostAccessOnFakeTests() : HostAccessConformance("ipvlan")
{
    protected override Task<DriverHost> OpenHostAsync() => DriverHost.OnFakeKernelAsync();
}
