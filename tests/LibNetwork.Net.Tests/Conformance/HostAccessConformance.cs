using System.Net;
using LibNetwork.Drivers;

namespace LibNetwork.Tests.Conformance;

/// <summary>A driver of networks on the host's card, to which the host has access.</summary>
public abstract class HostAccessConformance(string name) : WireDriverConformance(name)
{
    protected override DriverNetworkRequest NewNetwork(int number)
    {
        DriverNetworkRequest network = base.NewNetwork(number);
        return network with
        {
            Options = new Dictionary<string, string>(network.Options, StringComparer.Ordinal) { ["libnetwork.host_access"] = "true" },
            Pools =
            [
                network.Pools[0] with { Reserved = Reserving($"10.70.{number}.200") },
                network.Pools[1] with { Reserved = Reserving($"fd70:0:0:{number}::200") },
            ],
        };
    }

    private static Dictionary<string, IPAddress> Reserving(string address) => new(StringComparer.Ordinal) { ["host"] = IPAddress.Parse(address) };
}
