using System.Text.Json;

namespace LibNetwork.Cluster;

/// <summary>Turns records of the cluster into JSON and back.</summary>
internal static class ClusterRecords
{
    public static byte[] Write(NodeRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, ClusterRecordContext.Default.NodeRecord);

    public static byte[] Write(HoldRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, ClusterRecordContext.Default.HoldRecord);

    /// <returns><see langword="null"/> for what this version cannot read.</returns>
    public static NodeRecord? ReadNode(ReadOnlyMemory<byte> value)
    {
        try
        {
            return JsonSerializer.Deserialize(value.Span, ClusterRecordContext.Default.NodeRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <remarks>Whatever the value says, the key is taken: what cannot be read has a holder too.</remarks>
    public static HoldRecord ReadHold(ReadOnlyMemory<byte> value)
    {
        try
        {
            return JsonSerializer.Deserialize(value.Span, ClusterRecordContext.Default.HoldRecord) ?? Unreadable;
        }
        catch (JsonException)
        {
            return Unreadable;
        }
    }

    private static HoldRecord Unreadable { get; } = new(
        Node: string.Empty, "that writes what this version cannot read", Holding: string.Empty, Holder: null, DateTimeOffset.UnixEpoch);
}
