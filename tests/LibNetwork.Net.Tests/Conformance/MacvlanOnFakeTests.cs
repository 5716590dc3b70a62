using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>The macvlan driver on a fake kernel.</summary>
public sealed class MacvlanOnFakeTests() : WireDriverConformance("macvlan")
{
    protected override Task<DriverHost> OpenHostAsync() => DriverHost.OnFakeKernelAsync();
}
