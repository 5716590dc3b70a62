using System.Text.Json;
using LibNetwork.Cni.Errors;

namespace LibNetwork.Cni.Configuration;

/// <summary>Reads the fields of a JSON object, of which those that are not known are not looked at. Without a serializer, whose first use costs a call milliseconds.</summary>
/// <param name="Element">The object.</param>
/// <param name="Path">Where it is in the whole, with a dot behind; empty for the whole.</param>
/// <exception cref="CniException"><see cref="CniErrorCode.Undecodable"/>, from every method: a field is not what it must be; it is named.</exception>
internal readonly record struct JsonFields(JsonElement Element, string Path)
{
    public static JsonFields Of(JsonElement element, string path) => element.ValueKind == JsonValueKind.Object
        ? new JsonFields(element, path.Length == 0 ? path : path + ".")
        : throw Undecodable(path.Length == 0 ? "the configuration" : path, "is no object");

    public string? Text(string name) => Find(name) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Undecodable(Path + name, "is no text");

    /// <summary>A text that must be there.</summary>
    public string NeededText(string name) => Text(name) ?? throw Undecodable(Path + name, "is missing");

    public bool? Flag(string name) => Find(name)?.ValueKind switch
    {
        null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Undecodable(Path + name, "is neither true nor false"),
    };

    public int? Number(string name) => Find(name) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw Undecodable(Path + name, "is no whole number");

    public JsonFields? Object(string name) => Find(name) is { } value ? Of(value, Path + name) : null;

    public IReadOnlyList<string> Texts(string name) => List(name, static (item, path) => item.ValueKind == JsonValueKind.String
        ? item.GetString()!   // it is a text
        : throw Undecodable(path, "is no text"));

    public IReadOnlyList<TItem> Objects<TItem>(string name, Func<JsonFields, TItem> read) => List(name, (item, path) => read(Of(item, path)));

    public IReadOnlyList<IReadOnlyList<TItem>> Lists<TItem>(string name, Func<JsonFields, TItem> read)
        => List(name, (item, path) => Items(item, path, (inner, innerPath) => read(Of(inner, innerPath))));

    /// <summary>Names: a list, or an object that has lists by the name of the network.</summary>
    public IReadOnlyList<string> Names(string name, string network)
        => Find(name) is { ValueKind: JsonValueKind.Object } ? Object(name)!.Value.Texts(network) : Texts(name);   // it is an object

    private JsonElement? Find(string name)
        => Element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private TItem[] List<TItem>(string name, Func<JsonElement, string, TItem> read)
        => Find(name) is { } list ? Items(list, Path + name, read) : [];

    private static TItem[] Items<TItem>(JsonElement list, string path, Func<JsonElement, string, TItem> read)
        => list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Index().Select(item => read(item.Item, $"{path}[{item.Index}]"))]
            : throw Undecodable(path, "is no list");

    private static CniException Undecodable(string field, string problem) => new(CniErrorCode.Undecodable, $"{field} {problem}");
}
