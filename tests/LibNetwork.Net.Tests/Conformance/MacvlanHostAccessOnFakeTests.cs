using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>The macvlan driver with access of the host, on a fake kernel.</summary>
public sealed class MacvlanHostAccessOnFakeTests() : HostAccessConformance("macvlan")
{
    protected override Task<DriverHost> OpenHostAsync() => DriverHost.OnFakeKernelAsync();
}
