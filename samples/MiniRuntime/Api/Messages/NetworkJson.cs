using System.Text.Json.Serialization;
using MiniRuntime.Engine.Networks;

namespace MiniRuntime.Api.Messages;

[JsonSerializable(typeof(NetworkRequest))]
[JsonSerializable(typeof(NetworkCreatedMessage))]
[JsonSerializable(typeof(NetworkMessage))]
[JsonSerializable(typeof(IReadOnlyList<NetworkMessage>))]
[JsonSerializable(typeof(NetworkConnectRequest))]
[JsonSerializable(typeof(NetworkDisconnectRequest))]
[JsonSerializable(typeof(NetworkPruneMessage))]
internal sealed partial class NetworkJson : JsonSerializerContext;
