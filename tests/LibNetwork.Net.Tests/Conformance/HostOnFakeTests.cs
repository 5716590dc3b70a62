using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>The host driver on a fake kernel.</summary>
public sealed class HostOnFakeTests() : BuiltInDriverConformance("host")
{
    protected override Task<DriverHost> OpenHostAsync() => DriverHost.OnFakeKernelAsync();
}
