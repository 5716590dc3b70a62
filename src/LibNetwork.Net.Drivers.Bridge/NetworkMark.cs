using System.Net;

namespace LibNetwork.Drivers.Bridge;

/// <summary>The note on a bridge: whose it is, and what a network must be asked for with to be this one.</summary>
internal static class NetworkMark
{
    private const int Words = 5;
    private const char GatewaySign = '@';
    private const string InternalWord = "internal";
    private const string ClosedWord = "closed";
    private const string PlainWord = "plain";
    private const string DefaultWord = "default";
    private const string BareWord = "bare";
    private const string UnguardedWord = "unguarded";
    private const string MoreWord = "more";

    public static string Of(BridgeNetwork network)
    {
        string traits = string.Join(',', TraitsOf(network));
        return InterfaceMark.Join(
            KernelMarks.NetworkPrefix, network.Id.Value, $"{(traits.Length == 0 ? InterfaceMark.None : traits)} {TextOf(network.IPv4)} {TextOf(network.IPv6)}", network.Name);
    }

    /// <summary>Reads a mark.</summary>
    /// <param name="mark">The mark.</param>
    /// <param name="hasMore">Whether the network had options that a mark does not hold.</param>
    /// <returns>The network as it would be asked for, or <see langword="null"/> when the mark does not say so much.</returns>
    public static DriverNetworkRequest? Read(string mark, out bool hasMore)
    {
        hasMore = false;
        string[] words = mark[KernelMarks.NetworkPrefix.Length..].Split(' ', Words);
        if (words.Length < Words - 1 || !TryReadPool(words[2], out NetworkPool? ipv4) || !TryReadPool(words[3], out NetworkPool? ipv6))
        {
            return null;
        }

        string[] traits = words[1].Split(',');
        hasMore = traits.Contains(MoreWord);
        return new DriverNetworkRequest
        {
            Id = new NetworkId(words[0]),
            Name = words.Length == Words ? words[^1] : words[0],
            EnableIPv4 = ipv4 is not null,
            EnableIPv6 = ipv6 is not null,
            Internal = traits.Contains(InternalWord),
            Pools = [.. new[] { ipv4, ipv6 }.OfType<NetworkPool>()],
            Options = OptionsOf(traits).ToDictionary(),
        };
    }

    private static IEnumerable<string> TraitsOf(BridgeNetwork network)
    {
        BridgeNetworkOptions options = network.Options;
        foreach ((bool isSo, string word) in new[]
        {
            (options.Internal, InternalWord),
            (!options.InterContainer, ClosedWord),
            (!options.Masquerade, PlainWord),
            (options.IsDefaultBridge, DefaultWord),
            (options.InhibitIPv4, BareWord),
            (!options.SourceGuard, UnguardedWord),
            (options.GatewayModeIPv4 != GatewayMode.Nat, $"4{NameOf(options.GatewayModeIPv4)}"),
            (options.GatewayModeIPv6 != GatewayMode.Nat, $"6{NameOf(options.GatewayModeIPv6)}"),
            (HasMore(network), MoreWord),
        })
        {
            if (isSo)
            {
                yield return word;
            }
        }
    }

    private static bool HasMore(BridgeNetwork network)
        => network.Options is not { HostBinding: null, HostIPv4: null, HostIPv6: null, TrustedHostInterfaces.Count: 0, InterfacePrefix: "eth" }
            || HasChosenGateway(network.IPv4) || HasChosenGateway(network.IPv6);

    private static bool HasChosenGateway(BridgeFamily? family)
        => family is { Gateway: { } offered, BridgeAddress: { } own } && !offered.Equals(own.Address);

    private static IEnumerable<KeyValuePair<string, string>> OptionsOf(string[] traits)
    {
        foreach (string trait in traits)
        {
            switch (trait)
            {
                case ClosedWord:
                    yield return new(BridgeLabels.EnableInterContainer, "false");
                    break;
                case PlainWord:
                    yield return new(BridgeLabels.EnableMasquerade, "false");
                    break;
                case DefaultWord:
                    yield return new(BridgeLabels.DefaultBridge, "true");
                    break;
                case BareWord:
                    yield return new(BridgeLabels.InhibitIPv4, "true");
                    break;
                case UnguardedWord:
                    yield return new(BridgeLabels.SourceGuard, "false");
                    break;
                case ['4', .. string mode]:
                    yield return new(BridgeLabels.GatewayModeIPv4, mode);
                    break;
                case ['6', .. string mode]:
                    yield return new(BridgeLabels.GatewayModeIPv6, mode);
                    break;
            }
        }
    }

    private static string NameOf(GatewayMode mode) => mode switch
    {
        GatewayMode.NatUnprotected => "nat-unprotected",
        GatewayMode.Routed => "routed",
        GatewayMode.Isolated => "isolated",
        _ => "nat",
    };

    private static string TextOf(BridgeFamily? family) => family is null
        ? InterfaceMark.None
        : (family.BridgeAddress?.Address ?? family.Gateway) is { } gateway ? $"{family.Subnet}{GatewaySign}{gateway}" : family.Subnet.ToString();

    private static bool TryReadPool(string text, out NetworkPool? pool)
    {
        pool = null;
        if (text == InterfaceMark.None)
        {
            return true;
        }

        string[] parts = text.Split(GatewaySign);
        IPAddress? gateway = null;
        if (!Subnet.TryParse(parts[0], out Subnet subnet) || (parts.Length > 1 && !IPAddress.TryParse(parts[1], out gateway)))
        {
            return false;
        }

        pool = new NetworkPool { PoolId = string.Empty, Subnet = subnet, Gateway = gateway };
        return true;
    }
}
