using System.Text.Json.Serialization;
using LibNetwork.Cni.Errors;
using LibNetwork.Cni.Results;

namespace LibNetwork.Cni;

/// <summary>How the plugin's messages are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(CniResult))]
[JsonSerializable(typeof(VersionResult))]
[JsonSerializable(typeof(ErrorResult))]
internal sealed partial class CniJson : JsonSerializerContext;
