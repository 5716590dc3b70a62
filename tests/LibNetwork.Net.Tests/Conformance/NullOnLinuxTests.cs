using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>The null driver on Linux.</summary>
[Trait("Category", "Kernel")]
public sealed class NullOnLinuxTests() : BuiltInDriverConformance("null")
{
    protected override Task<DriverHost> OpenHostAsync() => DriverHost.OnLinuxAsync();
}
