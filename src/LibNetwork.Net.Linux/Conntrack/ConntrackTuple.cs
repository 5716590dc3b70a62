using System.Net;

namespace LibNetwork.Linux.Conntrack;

/// <summary>One direction of a flow.</summary>
/// <param name="Source">The sender.</param>
/// <param name="Destination">The receiver.</param>
/// <param name="Protocol">The protocol above IP: 6 for TCP, 17 for UDP.</param>
/// <param name="SourcePort">The sender's port; 0 for a protocol without ports.</param>
/// <param name="DestinationPort">The receiver's port; 0 for a protocol without ports.</param>
public sealed record ConntrackTuple(IPAddress Source, IPAddress Destination, byte Protocol, ushort SourcePort, ushort DestinationPort)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Protocol} {new IPEndPoint(Source, SourcePort)} > {new IPEndPoint(Destination, DestinationPort)}";
}
