namespace LibNetwork.Flows;

/// <summary>What becomes of a packet in a chain, or at a hook.</summary>
internal enum Fate
{
    Passes,
    Dropped,
    Rejected,
    Unknowable,
}
