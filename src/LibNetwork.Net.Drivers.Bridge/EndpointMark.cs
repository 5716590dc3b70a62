namespace LibNetwork.Drivers.Bridge;

/// <summary>The note on the host's end of a cable: whose it is, and what the endpoint has. Only the host writes it, so no container can lie in it.</summary>
internal static class EndpointMark
{
    private const int Words = 5;
    private const char GuardedSign = '+';     // the endpoint asked for the guard of its addresses itself
    private const char UnguardedSign = '-';   // it asked for none
    private const char RestrictedSign = '!';  // it has an egress policy, for which there is no room

    public static string Of(BridgeEndpoint endpoint) => KernelMarks.Join(
        KernelMarks.EndpointPrefix, endpoint.Id.Value, $"{endpoint.MacAddress}{SignOf(endpoint)} {TextOf(endpoint.IPv4)} {TextOf(endpoint.IPv6)}", endpoint.Name);

    /// <summary>Reads a mark.</summary>
    /// <returns>The endpoint as it would be asked for, or <see langword="null"/> when the mark does not say so much.</returns>
    public static DriverEndpointRequest? Read(string mark, NetworkId network)
    {
        string[] words = mark[KernelMarks.EndpointPrefix.Length..].Split(' ', Words);
        if (words.Length < Words - 1 || !MacAddress.TryParse(words[1].TrimEnd(GuardedSign, UnguardedSign, RestrictedSign), out MacAddress mac) || !TryRead(words[2], out InterfaceAddress? ipv4)
            || !TryRead(words[3], out InterfaceAddress? ipv6))
        {
            return null;
        }

        return new DriverEndpointRequest
        {
            NetworkId = network,
            Id = new EndpointId(words[0]),
            Name = words.Length == Words ? words[^1] : words[0],
            MacAddress = mac,
            IPv4 = ipv4,
            IPv6 = ipv6,
            Egress = words[1].EndsWith(RestrictedSign) ? EgressPolicy.DenyAll : null,
            Options = OptionsOf(words[1].TrimEnd(RestrictedSign)[^1]),
        };
    }

    private static string SignOf(BridgeEndpoint endpoint)
        => (endpoint.IsGuarded == endpoint.Network.Options.SourceGuard ? string.Empty : $"{(endpoint.IsGuarded ? GuardedSign : UnguardedSign)}")
            + (endpoint.Egress is null ? string.Empty : $"{RestrictedSign}");

    private static Dictionary<string, string> OptionsOf(char sign)
        => sign is GuardedSign or UnguardedSign ? new() { [BridgeLabels.SourceGuard] = sign == GuardedSign ? "true" : "false" } : [];

    private static string TextOf(InterfaceAddress? address) => address?.ToString() ?? KernelMarks.None;

    private static bool TryRead(string text, out InterfaceAddress? address)
    {
        address = null;
        if (text == KernelMarks.None)
        {
            return true;
        }

        bool isOne = InterfaceAddress.TryParse(text, out InterfaceAddress found);
        address = found;
        return isOne;
    }
}
