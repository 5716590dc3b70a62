using System.Text.Json.Serialization;

namespace MiniRuntime.Engine.Networks;

/// <summary>How networks are kept in files.</summary>
[JsonSerializable(typeof(NetworkRecord))]
internal sealed partial class NetworkRecordJson : JsonSerializerContext;
