namespace LibNetwork.Stores;

/// <summary>How far the verb that wrote a record had come.</summary>
internal enum RecordPhase
{
    /// <summary>Intent: the kernel may hold anything from nothing to all of it.</summary>
    Creating,

    /// <summary>Done.</summary>
    Ready,

    /// <summary>Intent to remove: the kernel may hold anything from all to nothing of it.</summary>
    Deleting,
}
