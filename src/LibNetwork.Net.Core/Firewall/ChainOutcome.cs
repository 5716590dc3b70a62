namespace LibNetwork.Firewall;

/// <summary>What becomes of a packet in a base chain.</summary>
internal enum ChainOutcome
{
    /// <summary>It goes on its way.</summary>
    Accepted,

    /// <summary>A rule drops or rejects it.</summary>
    DroppedByRule,

    /// <summary>No rule decides, and the chain's policy is to drop.</summary>
    DroppedByPolicy,
}
