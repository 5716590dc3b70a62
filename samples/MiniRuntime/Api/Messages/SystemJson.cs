using System.Text.Json.Serialization;
using MiniRuntime.Engine.Model;

namespace MiniRuntime.Api.Messages;

[JsonSerializable(typeof(VersionMessage))]
[JsonSerializable(typeof(InfoMessage))]
[JsonSerializable(typeof(VolumesMessage))]
[JsonSerializable(typeof(NothingPrunedMessage))]
[JsonSerializable(typeof(IReadOnlyList<EmptyObject>))]
internal sealed partial class SystemJson : JsonSerializerContext;
