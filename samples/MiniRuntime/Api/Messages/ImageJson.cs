using System.Text.Json.Serialization;

namespace MiniRuntime.Api.Messages;

[JsonSerializable(typeof(IReadOnlyList<ImageSummaryMessage>))]
[JsonSerializable(typeof(ImageMessage))]
[JsonSerializable(typeof(IReadOnlyList<ImageRemovalMessage>))]
[JsonSerializable(typeof(ImagePruneMessage))]
[JsonSerializable(typeof(ProgressMessage))]
internal sealed partial class ImageJson : JsonSerializerContext;
