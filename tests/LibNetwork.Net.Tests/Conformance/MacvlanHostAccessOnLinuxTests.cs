using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>The macvlan driver with access of the host, on Linux.</summary>
[Trait("Category", "Kernel")]
public sealed class MacvlanHostAccessOnLinuxTests() : HostAccessConformance("macvlan")
{
    protected override Task<DriverHost> OpenHostAsync() => DriverHost.OnLinuxAsync();
}
