namespace LibNetwork.Drivers.Overlay;

/// <summary>The notes on interfaces by which a later process knows whose they are.</summary>
internal static class OverlayMarks
{
    /// <summary>The mark of this node's interfaces that encrypt.</summary>
    public const string OfCipher = "libnetwork:overlay-key";

    private const string NetworkPrefix = "libnetwork:overlay:";
    private const string SegmentPrefix = "libnetwork:overlay-segment:";
    private const string EndpointPrefix = "libnetwork:overlay-endpoint:";

    public static string Of(OverlayNetwork network) => NetworkPrefix + network.Id.Value;

    public static string Of(OverlayNetwork network, OverlaySegment segment) => $"{SegmentPrefix}{network.Id.Value} {segment.Vni}";

    public static string Of(OverlayEndpoint endpoint) => EndpointPrefix + endpoint.Id.Value;

    /// <summary>Whether a mark is of this driver.</summary>
    public static bool IsOne(string? alias) => alias is not null
        && (alias.StartsWith(NetworkPrefix, StringComparison.Ordinal)
            || alias.StartsWith(SegmentPrefix, StringComparison.Ordinal)
            || alias.StartsWith(EndpointPrefix, StringComparison.Ordinal)
            || alias == OfCipher);
}
