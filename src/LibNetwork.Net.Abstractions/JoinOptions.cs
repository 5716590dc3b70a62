namespace LibNetwork;

/// <summary>How an endpoint joins a sandbox.</summary>
public sealed record JoinOptions
{
    /// <summary>The preference of this endpoint as the sandbox's default gateway: the highest wins.</summary>
    /// <value>The default is 0.</value>
    public int GatewayPriority { get; init; }

    /// <summary>The interface's name inside the sandbox; by default the network's prefix and the lowest free number.</summary>
    public InterfaceName? InterfaceName { get; init; }
}
