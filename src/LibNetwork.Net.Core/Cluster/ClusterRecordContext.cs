using System.Text.Json.Serialization;

namespace LibNetwork.Cluster;

[JsonSerializable(typeof(NodeRecord))]
[JsonSerializable(typeof(HoldRecord))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class ClusterRecordContext : JsonSerializerContext;
