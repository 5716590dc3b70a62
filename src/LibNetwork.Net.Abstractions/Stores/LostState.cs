namespace LibNetwork.Stores;

/// <summary>How a store says that it had to begin anew, although an earlier process had state in it.</summary>
/// <remarks>
/// Without this an empty store means that nothing of the host's networking is wanted any more. With it the controller rebuilds what it
/// can from the kernel before it removes anything, and then deletes the key.
/// </remarks>
public static class LostState
{
    /// <summary>The key that such a store holds from the start. Its value, in UTF-8, says where what was lost was set aside.</summary>
    public const string Key = "libnetwork/v1/lost";
}
