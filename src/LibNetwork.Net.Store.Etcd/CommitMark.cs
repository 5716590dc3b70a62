using Google.Protobuf;

namespace LibNetwork.Stores.Etcd;

/// <summary>
/// A key that each commit rewrites in its own transaction, one commit at a time, with its number. When an answer is lost it says whether the
/// commit happened (the number) or a check did not hold (less than nothing), and a copy of the request that arrives late finds it changed, and
/// does nothing.
/// </summary>
internal sealed class CommitMark(ByteString key)
{
    public ByteString Key { get; } = key;

    /// <summary>The revision that wrote it last, 0 for none.</summary>
    public long Revision { get; set; }

    /// <summary>The number of the last commit that used it.</summary>
    public long Commit { get; set; }
}
