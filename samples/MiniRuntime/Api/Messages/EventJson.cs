using System.Text.Json.Serialization;

namespace MiniRuntime.Api.Messages;

[JsonSerializable(typeof(EventMessage))]
internal sealed partial class EventJson : JsonSerializerContext;
