using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>The null driver on a fake kernel.</summary>
public sealed class NullOnFakeTests() : BuiltInDriverConformance("null")
{
    protected override Task<DriverHost> OpenHostAsync() => DriverHost.OnFakeKernelAsync();
}
