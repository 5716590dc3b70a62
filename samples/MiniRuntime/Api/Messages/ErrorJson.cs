using System.Text.Json.Serialization;

namespace MiniRuntime.Api.Messages;

[JsonSerializable(typeof(ErrorMessage))]
internal sealed partial class ErrorJson : JsonSerializerContext;
