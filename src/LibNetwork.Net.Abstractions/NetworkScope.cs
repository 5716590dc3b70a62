namespace LibNetwork;

/// <summary>How far a network or its data reaches.</summary>
public enum NetworkScope
{
    /// <summary>One host.</summary>
    Local,

    /// <summary>All hosts of a cluster.</summary>
    Global,
}
