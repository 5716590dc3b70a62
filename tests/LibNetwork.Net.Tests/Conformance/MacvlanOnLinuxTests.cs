using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>The macvlan driver on Linux.</summary>
[Trait("Category", "Kernel")]
public sealed class MacvlanOnLinuxTests() : WireDriverConformance("macvlan")
{
    protected override Task<DriverHost> OpenHostAsync() => DriverHost.OnLinuxAsync();
}
