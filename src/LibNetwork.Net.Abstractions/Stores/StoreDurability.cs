namespace LibNetwork.Stores;

/// <summary>What a commit outlives once it is said to be done, in a store that outlives anything.</summary>
public enum StoreDurability
{
    /// <summary>The end of the machine: it is on the disk.</summary>
    Disk,

    /// <summary>
    /// The end of the process, but perhaps not that of the machine. For what tells of the kernel's state, which ends with the machine.
    /// It is on the disk at the latest with the next commit that is, and never before one that came earlier.
    /// </summary>
    Process,
}
