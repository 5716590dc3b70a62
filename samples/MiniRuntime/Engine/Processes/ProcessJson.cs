using System.Text.Json.Serialization;

namespace MiniRuntime.Engine.Processes;

/// <summary>How processes are written down.</summary>
[JsonSerializable(typeof(ProcessRecord))]
internal sealed partial class ProcessJson : JsonSerializerContext;
