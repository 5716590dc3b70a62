using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>The host driver on Linux.</summary>
[Trait("Category", "Kernel")]
public sealed class HostOnLinuxTests() : BuiltInDriverConformance("host")
{
    protected override Task<DriverHost> OpenHostAsync() => DriverHost.OnLinuxAsync();
}
