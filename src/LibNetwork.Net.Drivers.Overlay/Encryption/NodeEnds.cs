using System.Net;

namespace LibNetwork.Drivers.Overlay.Encryption;

/// <summary>Where a node's tunnels end.</summary>
/// <param name="SendTo">What is sent to; <see langword="null"/> when nobody knows.</param>
/// <param name="HearFrom">What the node may send from.</param>
internal sealed record NodeEnds(IPAddress? SendTo, IReadOnlyList<IPAddress> HearFrom)
{
    public static NodeEnds Unknown { get; } = new(null, []);

    public bool Equals(NodeEnds? other) => other is not null && Equals(SendTo, other.SendTo) && HearFrom.ToHashSet().SetEquals(other.HearFrom);

    public override int GetHashCode() => SendTo?.GetHashCode() ?? 0;
}
