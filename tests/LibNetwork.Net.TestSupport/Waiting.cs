namespace LibNetwork.TestSupport;

/// <summary>How long tests wait.</summary>
public static class Waiting
{
    /// <summary>For what should come: long, since a machine may be slow; where all is well nobody waits.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
}
