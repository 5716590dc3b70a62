using System.Text.Json.Serialization;

namespace MiniRuntime.Api.Messages;

[JsonSerializable(typeof(CreateContainerMessage))]
[JsonSerializable(typeof(ContainerCreatedMessage))]
[JsonSerializable(typeof(ContainerMessage))]
[JsonSerializable(typeof(IReadOnlyList<ContainerSummaryMessage>))]
[JsonSerializable(typeof(WaitMessage))]
[JsonSerializable(typeof(TopMessage))]
[JsonSerializable(typeof(PrunedContainersMessage))]
[JsonSerializable(typeof(CreateExecMessage))]
[JsonSerializable(typeof(ExecCreatedMessage))]
[JsonSerializable(typeof(StartExecMessage))]
[JsonSerializable(typeof(ExecMessage))]
internal sealed partial class ContainerJson : JsonSerializerContext;
