using LibNetwork.Drivers;
using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>A driver of networks on the host's card.</summary>
public abstract class WireDriverConformance(string name) : BuiltInDriverConformance(name)
{
    protected override DriverNetworkRequest NewNetwork(int number) => base.NewNetwork(number) with
    {
        Options = new Dictionary<string, string>(StringComparer.Ordinal) { ["parent"] = DriverHost.CardName },
    };
}
