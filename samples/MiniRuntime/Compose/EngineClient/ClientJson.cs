using System.Text.Json.Serialization;
using MiniRuntime.Engine.Model;

namespace MiniRuntime.Compose.EngineClient;

/// <summary>The Docker Engine API's JSON as a client writes and reads it. Newer and older engines have members that this one does not know.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(NetworkSummary[]))]
[JsonSerializable(typeof(ContainerSummary[]))]
[JsonSerializable(typeof(NetworkCreation))]
[JsonSerializable(typeof(NetworkConnection))]
[JsonSerializable(typeof(NetworkingConfig))]
[JsonSerializable(typeof(ContainerConfig))]
[JsonSerializable(typeof(HostConfig))]
[JsonSerializable(typeof(Created))]
[JsonSerializable(typeof(Refusal))]
[JsonSerializable(typeof(Ended))]
[JsonSerializable(typeof(ImageDetails))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
internal sealed partial class ClientJson : JsonSerializerContext;
