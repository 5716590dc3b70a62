namespace LibNetwork.Flows;

/// <summary>Whether a condition holds for a packet of which not everything is known.</summary>
internal enum Truth
{
    No,
    Unknown,
    Yes,
}
