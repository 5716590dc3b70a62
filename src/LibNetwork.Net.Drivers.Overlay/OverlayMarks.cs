using System.Globalization;
using System.Net.Sockets;

namespace LibNetwork.Drivers.Overlay;

/// <summary>The notes on interfaces by which a later process knows whose they are.</summary>
internal static class OverlayMarks
{
    /// <summary>The mark of this node's interfaces that encrypt.</summary>
    public const string OfCipher = "libnetwork:overlay-key";

    private const string NetworkPrefix = "libnetwork:overlay:";
    private const string SegmentPrefix = "libnetwork:overlay-segment:";
    private const string EndpointPrefix = "libnetwork:overlay-endpoint:";

    private const int Words = 5;
    private const string InternalWord = "internal";
    private const string UnguardedWord = "unguarded";
    private const string EncryptedWord = "encrypted";
    private const string MtuWord = "mtu=";
    private const string MoreWord = "more";   // options for which there is no word

    /// <summary>On the bridge: what a network must be asked for with to be this one.</summary>
    public static string Of(OverlayNetwork network)
    {
        string traits = string.Join(',', TraitsOf(network)), vnis = string.Join(',', network.Segments.Select(static segment => segment.Vni));
        return InterfaceMark.Join(
            NetworkPrefix, network.Id.Value, $"{(traits.Length == 0 ? InterfaceMark.None : traits)} {vnis} {string.Join(',', network.Subnets)}", network.Name);
    }

    public static string Of(OverlayNetwork network, OverlaySegment segment) => $"{SegmentPrefix}{network.Id.Value} {segment.Vni}";

    public static string Of(OverlayEndpoint endpoint) => CableMark.Of(
        EndpointPrefix,
        new DriverEndpointRequest
        {
            NetworkId = endpoint.Network.Id,
            Id = endpoint.Id,
            Name = endpoint.Name,
            MacAddress = endpoint.MacAddress,
            IPv4 = endpoint.IPv4,
            IPv6 = endpoint.IPv6,
        },
        endpoint.IsGuarded == endpoint.Network.Options.SourceGuard ? null : endpoint.IsGuarded);

    public static bool IsNetwork(string? alias) => alias?.StartsWith(NetworkPrefix, StringComparison.Ordinal) == true;

    public static bool IsEndpoint(string? alias) => alias?.StartsWith(EndpointPrefix, StringComparison.Ordinal) == true;

    /// <summary>Whether a mark is of this driver.</summary>
    public static bool IsOne(string? alias)
        => IsNetwork(alias) || IsEndpoint(alias) || alias?.StartsWith(SegmentPrefix, StringComparison.Ordinal) == true || alias == OfCipher;

    /// <summary>Reads a bridge's mark.</summary>
    /// <param name="mark">The mark.</param>
    /// <param name="hasMore">Whether the network had options that a mark does not hold.</param>
    /// <returns>The network as it would be asked for, or <see langword="null"/> when the mark does not say so much.</returns>
    public static DriverNetworkRequest? ReadNetwork(string mark, out bool hasMore)
    {
        hasMore = false;
        string[] words = mark[NetworkPrefix.Length..].Split(' ', Words);
        if (words.Length < Words - 1 || !TryRead(words[3], out List<NetworkPool> pools))
        {
            return null;
        }

        string[] traits = words[1].Split(',');
        hasMore = traits.Contains(MoreWord);
        Dictionary<string, string> options = new() { [OverlayLabels.VniList] = words[2] };
        if (traits.Contains(UnguardedWord))
        {
            options[OverlayLabels.SourceGuard] = "false";
        }

        if (traits.Contains(EncryptedWord))
        {
            options[OverlayLabels.Encrypted] = string.Empty;
        }

        if (traits.FirstOrDefault(static trait => trait.StartsWith(MtuWord, StringComparison.Ordinal)) is { } mtu)
        {
            options[NetworkLabels.Mtu] = mtu[MtuWord.Length..];
        }

        return new DriverNetworkRequest
        {
            Id = new NetworkId(words[0]),
            Name = words.Length == Words ? words[^1] : words[0],
            EnableIPv4 = pools.Exists(static pool => pool.Subnet.Family == AddressFamily.InterNetwork),
            EnableIPv6 = pools.Exists(static pool => pool.Subnet.Family == AddressFamily.InterNetworkV6),
            Internal = traits.Contains(InternalWord),
            Pools = pools,
            Options = options,
        };
    }

    /// <summary>Reads the mark of a cable's end.</summary>
    /// <returns>The endpoint as it would be asked for, or <see langword="null"/> when the mark does not say so much.</returns>
    public static DriverEndpointRequest? ReadEndpoint(string mark, NetworkId network) => CableMark.Read(EndpointPrefix, mark, network, OverlayLabels.SourceGuard);

    private static IEnumerable<string> TraitsOf(OverlayNetwork network)
    {
        OverlayNetworkOptions options = network.Options;
        if (network.IsInternal)
        {
            yield return InternalWord;
        }

        if (!options.SourceGuard)
        {
            yield return UnguardedWord;
        }

        if (options.IsEncrypted)
        {
            yield return EncryptedWord;
        }

        if (options.UnderlayMtu is { } mtu)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{MtuWord}{mtu}");
        }

        if (options.InterfacePrefix != OverlayNetworkOptions.DefaultInterfacePrefix)
        {
            yield return MoreWord;
        }
    }

    private static bool TryRead(string text, out List<NetworkPool> pools)
    {
        pools = [];
        foreach (string word in text.Split(','))
        {
            if (!Subnet.TryParse(word, out Subnet subnet))
            {
                return false;
            }

            pools.Add(new NetworkPool { PoolId = string.Empty, Subnet = subnet });
        }

        return true;
    }
}
