using System.Net;

namespace LibNetwork.Drivers.Bridge;

/// <summary>Reads the label of a network's routes: <c>10.0.0.0/8, 192.168.0.0/16 via 10.1.0.5</c>.</summary>
internal static class RouteReading
{
    private const string Via = " via ";

    public static IReadOnlyList<SandboxRoute> Routes(this OptionReader reader, string label)
        => [.. reader.Items(label, ',').Select(text => Parse(text) ?? throw reader.Invalid(label, $"has \"{text}\", which is not like 10.0.0.0/8 via 192.0.2.1"))];

    /// <summary>The routes of an endpoint: those of the families that it has; without a router of their own by the network's gateway.</summary>
    public static IEnumerable<SandboxRoute> Of(IEnumerable<SandboxRoute> routes, BridgeFamily? ipv4, BridgeFamily? ipv6)
    {
        foreach (SandboxRoute route in routes)
        {
            bool isIPv4 = route.Destination.Family == System.Net.Sockets.AddressFamily.InterNetwork;
            if ((isIPv4 ? ipv4 : ipv6) is { } family)
            {
                yield return route with { NextHop = route.NextHop ?? family.Gateway };
            }
        }
    }

    private static SandboxRoute? Parse(string text)
    {
        int via = text.IndexOf(Via, StringComparison.Ordinal);
        if (!Subnet.TryParse(via < 0 ? text : text[..via], out Subnet destination) || destination.PrefixLength == 0)
        {
            return null;   // a default route is the controller's affair
        }

        IPAddress? nextHop = null;
        return via < 0 || (IPAddress.TryParse(text.AsSpan(via + Via.Length), out nextHop) && nextHop.AddressFamily == destination.Family)
            ? new SandboxRoute(destination, nextHop)
            : null;
    }
}
