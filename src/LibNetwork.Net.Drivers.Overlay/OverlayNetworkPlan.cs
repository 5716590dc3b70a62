using System.Net.Sockets;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Turns a request into a network, or says what is wrong with it, before anything is touched.</summary>
internal static class OverlayNetworkPlan
{
    private const int IdDigitsInName = 12;

    /// <summary>Plans a network.</summary>
    /// <param name="request">The request.</param>
    /// <param name="taken">The VXLAN network identifiers of other networks, and whose they are.</param>
    /// <remarks>
    /// An identifier that is taken here is never replaced by another one: other nodes would not know, and frames could end up in a network that has
    /// that one there.
    /// </remarks>
    public static OverlayNetwork Of(DriverNetworkRequest request, IReadOnlyDictionary<uint, OverlayNetwork> taken)
    {
        string subject = SubjectOf(request);
        OverlayNetworkOptions options = OverlayNetworkOptions.Parse(subject, request.Options);
        Subnet[] segments = SegmentsOf(request, subject);
        return new OverlayNetwork
        {
            Id = request.Id,
            Name = request.Name,
            Options = options,
            IsInternal = request.Internal,
            Subnets = [.. request.Pools.Select(static pool => pool.Subnet)],
            Segments = [.. Number(request.Id, subject, options.Vnis, segments, taken)],
            BridgeName = new InterfaceName(
                "ov-" + (request.Id.Value.Length > IdDigitsInName ? request.Id.Value[..IdDigitsInName] : request.Id.Value), nameof(request.Id)),
        };
    }

    /// <summary>Chooses identifiers for a new network whose user named none.</summary>
    /// <param name="request">The request.</param>
    /// <param name="taken">The VXLAN network identifiers of other networks.</param>
    /// <returns>As many as there will be segments; none if the user chose.</returns>
    public static IReadOnlyList<uint> ChooseVnis(DriverNetworkRequest request, IEnumerable<uint> taken)
    {
        string subject = SubjectOf(request);
        if (OverlayNetworkOptions.Parse(subject, request.Options).Vnis.Count > 0)
        {
            return [];
        }

        HashSet<uint> used = [.. taken];
        List<uint> chosen = [];
        for (int i = 0; i < SegmentsOf(request, subject).Length; i++)
        {
            chosen.Add(VniChoice.For(request.Id, i, used));
            used.Add(chosen[i]);
        }

        return chosen;
    }

    private static string SubjectOf(DriverNetworkRequest request) => $"network \"{request.Name}\"";

    /// <summary>The subnets that have a tunnel each.</summary>
    private static Subnet[] SegmentsOf(DriverNetworkRequest request, string subject)
    {
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

        return segments;
    }

    private static IEnumerable<OverlaySegment> Number(
        NetworkId id, string subject, IReadOnlyList<uint> chosen, Subnet[] subnets, IReadOnlyDictionary<uint, OverlayNetwork> taken)
    {
        if (chosen.Count > 0 && chosen.Count < subnets.Length)
        {
            throw NetworkException.InvalidArgument(subject, OverlayLabels.VniList, $"has {chosen.Count} numbers, but there are {subnets.Length} subnets");
        }

        HashSet<uint> own = [];
        for (int i = 0; i < subnets.Length; i++)
        {
            uint vni = chosen.Count > 0 ? chosen[i] : VniChoice.For(id, i, own);
            if (!own.Add(vni) || taken.ContainsKey(vni))
            {
                string holder = taken.TryGetValue(vni, out OverlayNetwork? other) ? other.Subject : subject;
                throw NetworkException.Conflict(
                    subject, $"VXLAN network identifier {vni} is taken", holder, $"create the network with another in {OverlayLabels.VniList}");
            }

            yield return new OverlaySegment(subnets[i], vni, OverlaySegment.TunnelName(id, vni));
        }
    }
}
