using System.Net;

namespace LibNetwork.Flows;

/// <summary>A flow whose first packet <see cref="INetworkController.ExplainAsync"/> follows: a connection, or a datagram that is not an answer.</summary>
public sealed record Flow
{
    /// <summary>Who begins it.</summary>
    public required FlowSource Source { get; init; }

    /// <summary>The address that it is sent to; one host's, no group's.</summary>
    public required IPAddress Destination { get; init; }

    /// <summary>The protocol and port that it is sent to.</summary>
    public required TransportPort Port { get; init; }

    /// <summary>The port that it is sent from.</summary>
    /// <value>1 to 65535; the default, <see langword="null"/>, is any: rules that ask for it are then not known to match, and the answer goes to 50000.</value>
    public ushort? SourcePort { get; init; }

    /// <summary>For example <c>80/tcp from endpoint 4f3a to 10.1.0.2</c>.</summary>
    public override string ToString() => $"{Port} from {Source} to {Destination}";
}
