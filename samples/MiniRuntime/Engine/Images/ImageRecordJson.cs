using System.Text.Json.Serialization;

namespace MiniRuntime.Engine.Images;

/// <summary>How images are written down.</summary>
[JsonSerializable(typeof(ImageRecord))]
internal sealed partial class ImageRecordJson : JsonSerializerContext;
