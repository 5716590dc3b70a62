namespace LibNetwork.Stores;

/// <summary>How a store says that it had to begin anew, although an earlier process had state in it.</summary>
/// <remarks>
/// Without this an empty store means that nothing of the host's networking is wanted any more, and what carries the library's mark in the
/// kernel is removed at the start. With it all of that stays, and stays protected. A controller that puts all of it on record again from the
/// kernel deletes the key. Otherwise delete it once what lives is gone, or need not live: the next start removes the rest.
/// </remarks>
public static class LostState
{
    /// <summary>The key that such a store holds from the start. Its value, in UTF-8, says where what was lost was set aside.</summary>
    public const string Key = "libnetwork/v1/lost";
}
