namespace LibNetwork.Drivers.Cables;

/// <summary>The note on the host's end of a cable: whose it is, and what the endpoint has.</summary>
internal static class CableMark
{
    private const int Words = 5;
    private const char GuardedSign = '+';     // the endpoint asked for the guard of its addresses itself
    private const char UnguardedSign = '-';   // it asked for none
    private const char RestrictedSign = '!';  // it has an egress policy, for which there is no room

    /// <summary>Says what an endpoint has.</summary>
    /// <param name="prefix">What the driver's marks of endpoints begin with.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="isGuarded">Whether its addresses are guarded; <see langword="null"/> when as those of all on its network.</param>
    public static string Of(string prefix, DriverEndpointRequest endpoint, bool? isGuarded)
    {
        string signs = (isGuarded is { } own ? $"{(own ? GuardedSign : UnguardedSign)}" : string.Empty) + (endpoint.Egress is null ? string.Empty : $"{RestrictedSign}");
        return InterfaceMark.Join(prefix, endpoint.Id.Value, $"{endpoint.MacAddress}{signs} {TextOf(endpoint.IPv4)} {TextOf(endpoint.IPv6)}", endpoint.Name);
    }

    /// <summary>Reads a mark.</summary>
    /// <param name="prefix">What it begins with.</param>
    /// <param name="mark">The mark.</param>
    /// <param name="network">The endpoint's network.</param>
    /// <param name="guardLabel">The label that says whether addresses are guarded.</param>
    /// <returns>The endpoint as it would be asked for, or <see langword="null"/> when the mark does not say so much.</returns>
    public static DriverEndpointRequest? Read(string prefix, string mark, NetworkId network, string guardLabel)
    {
        string[] words = mark[prefix.Length..].Split(' ', Words);
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
            Options = OptionsOf(words[1].TrimEnd(RestrictedSign)[^1], guardLabel),
        };
    }

    private static Dictionary<string, string> OptionsOf(char sign, string guardLabel)
        => sign is GuardedSign or UnguardedSign ? new() { [guardLabel] = sign == GuardedSign ? "true" : "false" } : [];

    private static string TextOf(InterfaceAddress? address) => address?.ToString() ?? InterfaceMark.None;

    private static bool TryRead(string text, out InterfaceAddress? address)
    {
        address = null;
        if (text == InterfaceMark.None)
        {
            return true;
        }

        bool isOne = InterfaceAddress.TryParse(text, out InterfaceAddress found);
        address = found;
        return isOne;
    }
}
