namespace LibNetwork.Flows;

/// <summary>What a rule does with a packet.</summary>
internal enum RuleEffect
{
    /// <summary>It does not match, or does nothing that matters.</summary>
    None,

    /// <summary>It changes marks or bytes, or takes the packet from connection tracking.</summary>
    Changes,

    Accepts,
    Drops,
    Rejects,
    Returns,
    Jumps,
    GoesTo,

    /// <summary>It translates an address or a port, and thereby accepts.</summary>
    Translates,

    /// <summary>It does something that cannot be told.</summary>
    IsUnknowable,
}
