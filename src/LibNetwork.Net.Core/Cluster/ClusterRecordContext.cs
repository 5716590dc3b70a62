using System.Text.Json.Serialization;

namespace LibNetwork.Cluster;

[JsonSerializable(typeof(NodeRecord))]
[JsonSerializable(typeof(HoldRecord))]
[JsonSerializable(typeof(AnnouncementRecord))]
[JsonSerializable(typeof(AnnouncerRecord))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class ClusterRecordContext : JsonSerializerContext;
