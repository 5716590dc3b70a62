namespace LibNetwork;

/// <summary>What a verb would do.</summary>
public sealed record VerbPlan
{
    /// <summary>
    /// What it would ask of the kernel, in order, a line for each change, such as <c>add address 172.18.0.1 on "br-web": prefix length 16</c>. What happens inside a
    /// sandbox begins with <c>in sandbox</c>.
    /// </summary>
    public required IReadOnlyList<string> Changes { get; init; }

    /// <summary>The network that would come into being, with its pools and its id; <see langword="null"/> when none would.</summary>
    public NetworkState? Network { get; init; }

    /// <summary>The endpoint that would come into being, with its addresses; <see langword="null"/> when none would.</summary>
    public EndpointState? Endpoint { get; init; }
}
