using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LibNetwork.Stores;

namespace LibNetwork.Cluster;

/// <summary>Turns records of the cluster into JSON and back.</summary>
internal static class ClusterRecords
{
    public static byte[] Write(NodeRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, ClusterRecordContext.Default.NodeRecord);

    public static byte[] Write(HoldRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, ClusterRecordContext.Default.HoldRecord);

    public static byte[] Write(AnnouncementRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, ClusterRecordContext.Default.AnnouncementRecord);

    public static byte[] Write(AnnouncerRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, ClusterRecordContext.Default.AnnouncerRecord);

    public static byte[] Write(NodeKeysRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, ClusterRecordContext.Default.NodeKeysRecord);

    public static byte[] Write(MemberRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, ClusterRecordContext.Default.MemberRecord);

    public static byte[] Write(NetworkState state, string nodeName, IReadOnlyList<string> identifiers)
        => JsonSerializer.SerializeToUtf8Bytes(
            new SharedNetworkRecord(StoreRecords.ToRecord(state, RecordPhase.Ready), nodeName, identifiers.Count == 0 ? null : identifiers),
            ClusterRecordContext.Default.SharedNetworkRecord);

    /// <returns><see langword="null"/> for what this version cannot read.</returns>
    public static SharedNetwork? ReadNetwork(ReadOnlyMemory<byte> value, long revision)
    {
        try
        {
            return JsonSerializer.Deserialize(value.Span, ClusterRecordContext.Default.SharedNetworkRecord) is { Network: { } network } record
                ? new SharedNetwork(StoreRecords.FromRecord(network, NetworkScope.Global) with { IsShared = true }, record.NodeName, record.Identifiers ?? [], revision)
                : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or NetworkException or FormatException)
        {
            return null;
        }
    }

    /// <returns>The node's name; its id when the record says nothing that this version can read.</returns>
    public static string ReadMember(StoreEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize(entry.Value.Span, ClusterRecordContext.Default.MemberRecord)?.NodeName ?? LastPiece(entry.Key);
        }
        catch (JsonException)
        {
            return LastPiece(entry.Key);
        }
    }

    /// <returns><see langword="null"/> for what this version cannot read.</returns>
    public static NodeRecord? ReadNode(ReadOnlyMemory<byte> value) => Read(value, ClusterRecordContext.Default.NodeRecord);

    /// <returns><see langword="null"/> for what this version cannot read.</returns>
    public static AnnouncementRecord? ReadAnnouncement(ReadOnlyMemory<byte> value) => Read(value, ClusterRecordContext.Default.AnnouncementRecord);

    /// <returns><see langword="null"/> for what this version cannot read.</returns>
    public static AnnouncerRecord? ReadAnnouncer(ReadOnlyMemory<byte> value) => Read(value, ClusterRecordContext.Default.AnnouncerRecord);

    /// <returns><see langword="null"/> for what this version cannot read.</returns>
    public static NodeKeysRecord? ReadKeys(ReadOnlyMemory<byte> value) => Read(value, ClusterRecordContext.Default.NodeKeysRecord);

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

    private static string LastPiece(string key) => key[(key.LastIndexOf('/') + 1)..];

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
