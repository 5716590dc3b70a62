using System.Text.Json.Serialization;

namespace LibNetwork.Drivers.Remote;

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(PluginFile))]
internal sealed partial class PluginFileJson : JsonSerializerContext;
