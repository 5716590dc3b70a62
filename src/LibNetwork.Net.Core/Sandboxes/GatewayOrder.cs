namespace LibNetwork.Sandboxes;

/// <summary>Which endpoint of a sandbox is its way out: the first in this order that offers the family.</summary>
internal sealed class GatewayOrder : IComparer<Attachment>
{
    public static GatewayOrder Instance { get; } = new();

    /// <summary>Higher priority, then a user's network before the automatic one, then not internal, then more families, then the network's name.</summary>
    public int Compare(Attachment? x, Attachment? y)
    {
        if (x is null || y is null)
        {
            return (x is null ? 1 : 0) - (y is null ? 1 : 0);
        }

        int order = y.Priority.CompareTo(x.Priority);
        order = order != 0 ? order : x.IsGatewayNetwork.CompareTo(y.IsGatewayNetwork);
        order = order != 0 ? order : x.IsInternal.CompareTo(y.IsInternal);
        order = order != 0 ? order : y.FamiliesOffered.CompareTo(x.FamiliesOffered);
        return order != 0 ? order : string.CompareOrdinal(x.Endpoint.Owner.Name, y.Endpoint.Owner.Name);
    }

    /// <summary>The endpoints that are the way out of a sandbox, of its attachments in order.</summary>
    public static (EndpointId? IPv4, EndpointId? IPv6) First(IReadOnlyList<Attachment> ordered)
        => (ordered.FirstOrDefault(attachment => attachment.OffersIPv4)?.Endpoint.Id, ordered.FirstOrDefault(attachment => attachment.OffersIPv6)?.Endpoint.Id);

    /// <summary>The default routes that follow from a sandbox's attachments, which are in order.</summary>
    public static DefaultRoutes Choose(IReadOnlyList<Attachment> ordered)
    {
        Attachment? ipv4 = ordered.FirstOrDefault(attachment => attachment.OffersIPv4);
        Attachment? ipv6 = ordered.FirstOrDefault(attachment => attachment.OffersIPv6);
        return new DefaultRoutes(ipv4?.InterfaceName, ipv4?.Join.GatewayIPv4, ipv6?.InterfaceName, ipv6?.Join.GatewayIPv6);
    }
}
