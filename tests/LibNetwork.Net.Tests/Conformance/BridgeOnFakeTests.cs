using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>The bridge driver on a fake kernel.</summary>
public sealed class BridgeOnFakeTests() : BuiltInDriverConformance("bridge")
{
    protected override Task<DriverHost> OpenHostAsync() => DriverHost.OnFakeKernelAsync();
}
