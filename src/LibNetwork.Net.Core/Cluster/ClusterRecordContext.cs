using System.Text.Json.Serialization;

namespace LibNetwork.Cluster;

[JsonSerializable(typeof(NodeRecord))]
[JsonSerializable(typeof(HoldRecord))]
[JsonSerializable(typeof(AnnouncementRecord))]
[JsonSerializable(typeof(AnnouncerRecord))]
[JsonSerializable(typeof(NodeKeysRecord))]
[JsonSerializable(typeof(SharedNetworkRecord))]
[JsonSerializable(typeof(MemberRecord))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
internal sealed partial class ClusterRecordContext : JsonSerializerContext;
