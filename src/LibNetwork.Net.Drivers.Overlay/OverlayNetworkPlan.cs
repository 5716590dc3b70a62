using System.Net.Sockets;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Turns a request into a network, or says what is wrong with it, before anything is touched.</summary>
internal static class OverlayNetworkPlan
{
    private const int IdDigitsInName = 12;

    /// <summary>Plans a network.</summary>
    /// <param name="request">The request.</param>
    /// <param name="taken">The VXLAN network identifiers of other networks, and whose they are.</param>
    public static OverlayNetwork Of(DriverNetworkRequest request, IReadOnlyDictionary<uint, OverlayNetwork> taken)
    {
        string subject = $"network \"{request.Name}\"";
        OverlayNetworkOptions options = OverlayNetworkOptions.Parse(subject, request.Options);
        if (request.Pools.FirstOrDefault(static pool => pool.Subnet.PrefixLength == 0) is { } empty)
        {
            throw NetworkException.InvalidArgument(subject, nameof(request.Pools), $"has {empty.Subnet}: an overlay network needs subnets");
        }

        Subnet[] subnets = [.. request.Pools.Select(static pool => pool.Subnet)];
        Subnet[] segments = [.. subnets.Where(static subnet => subnet.Family == AddressFamily.InterNetwork)];
        segments = segments.Length > 0 ? segments : subnets;
        if (segments.Length == 0)
        {
            throw NetworkException.InvalidArgument(subject, nameof(request.Pools), "is empty: an overlay network needs a subnet");
        }

        return new OverlayNetwork
        {
            Id = request.Id,
            Name = request.Name,
            Options = options,
            Subnets = subnets,
            Segments = [.. Number(request.Id, subject, options.Vnis, segments, taken)],
            BridgeName = new InterfaceName(
                "ov-" + (request.Id.Value.Length > IdDigitsInName ? request.Id.Value[..IdDigitsInName] : request.Id.Value), nameof(request.Id)),
        };
    }

    private static IEnumerable<OverlaySegment> Number(
        NetworkId id, string subject, IReadOnlyList<uint> chosen, Subnet[] subnets, IReadOnlyDictionary<uint, OverlayNetwork> taken)
    {
        if (chosen.Count > 0 && chosen.Count < subnets.Length)
        {
            throw NetworkException.InvalidArgument(subject, OverlayLabels.VniList, $"has {chosen.Count} numbers, but there are {subnets.Length} subnets");
        }

        HashSet<uint> used = [.. taken.Keys];
        for (int i = 0; i < subnets.Length; i++)
        {
            uint vni = chosen.Count > 0 ? chosen[i] : VniChoice.For(id, i, used);
            if (!used.Add(vni))
            {
                string holder = taken.TryGetValue(vni, out OverlayNetwork? other) ? other.Subject : subject;
                throw NetworkException.Conflict(subject, $"VXLAN network identifier {vni} is taken", holder, $"choose another in {OverlayLabels.VniList}");
            }

            yield return new OverlaySegment(subnets[i], vni, OverlaySegment.TunnelName(id, vni));
        }
    }
}
