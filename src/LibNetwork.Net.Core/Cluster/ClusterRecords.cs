using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LibNetwork.Cluster;

/// <summary>Turns records of the cluster into JSON and back.</summary>
internal static class ClusterRecords
{
    public static byte[] Write(NodeRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, ClusterRecordContext.Default.NodeRecord);

    public static byte[] Write(HoldRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, ClusterRecordContext.Default.HoldRecord);

    public static byte[] Write(AnnouncementRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, ClusterRecordContext.Default.AnnouncementRecord);

    public static byte[] Write(AnnouncerRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, ClusterRecordContext.Default.AnnouncerRecord);

    /// <returns><see langword="null"/> for what this version cannot read.</returns>
    public static NodeRecord? ReadNode(ReadOnlyMemory<byte> value) => Read(value, ClusterRecordContext.Default.NodeRecord);

    /// <returns><see langword="null"/> for what this version cannot read.</returns>
    public static AnnouncementRecord? ReadAnnouncement(ReadOnlyMemory<byte> value) => Read(value, ClusterRecordContext.Default.AnnouncementRecord);

    /// <returns><see langword="null"/> for what this version cannot read.</returns>
    public static AnnouncerRecord? ReadAnnouncer(ReadOnlyMemory<byte> value) => Read(value, ClusterRecordContext.Default.AnnouncerRecord);

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

    private static TRecord? Read<TRecord>(ReadOnlyMemory<byte> value, JsonTypeInfo<TRecord> type)
        where TRecord : class
    {
        try
        {
            return JsonSerializer.Deserialize(value.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static HoldRecord Unreadable { get; } = new(
        Node: string.Empty, "that writes what this version cannot read", Holding: string.Empty, Holder: null, DateTimeOffset.UnixEpoch);
}
