using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>The bridge driver on Linux.</summary>
[Trait("Category", "Kernel")]
public sealed class BridgeOnLinuxTests() : BuiltInDriverConformance("bridge")
{
    protected override Task<DriverHost> OpenHostAsync() => DriverHost.OnLinuxAsync();
}
