namespace LibNetwork.Flows;

/// <summary>What a step on a packet's way is. New values may be added.</summary>
public enum FlowStepKind
{
    /// <summary>It goes from one interface to another.</summary>
    Link = 0,

    /// <summary>A routing table says where it goes.</summary>
    Route = 1,

    /// <summary>A rule, or a chain's policy, decides about it or changes its marks.</summary>
    Rule = 2,

    /// <summary>A rule translates an address or port of the flow.</summary>
    Translation = 3,

    /// <summary>It arrives, or leaves what can be seen from here.</summary>
    Arrival = 4,

    /// <summary>It goes no further, for another reason than a rule.</summary>
    Obstacle = 5,
}
