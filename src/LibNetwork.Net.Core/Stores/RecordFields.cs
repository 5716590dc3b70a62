using System.Text.Json;

namespace LibNetwork.Stores;

/// <summary>The fields of a record. One that is missing is an error, but for a flag, which is not set then.</summary>
/// <exception cref="JsonException">From every method: a field is missing or is not what it must be; it is named.</exception>
internal readonly struct RecordFields
{
    private readonly JsonElement _object;

    private RecordFields(JsonElement element)
        => _object = element.ValueKind == JsonValueKind.Object ? element : throw new JsonException("It is no object.");

    public static RecordFields Of(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json);
        RecordFields fields = new(JsonElement.ParseValue(ref reader));
        return reader.Read() ? throw new JsonException("It goes on behind its end.") : fields;
    }

    public string Text(string name) => TextOrNull(name) ?? throw Missing(name);

    public string? TextOrNull(string name) => Find(name) is { } value ? TextOf(value, name) : null;

    public bool Flag(string name) => Find(name)?.ValueKind switch
    {
        null or JsonValueKind.False => false,
        JsonValueKind.True => true,
        _ => throw Wrong(name),
    };

    public int Number(string name) => Find(name) is not { } value
        ? 0
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw Wrong(name);

    public DateTimeOffset Time(string name)
        => Find(name) is { ValueKind: JsonValueKind.String } value && value.TryGetDateTimeOffset(out DateTimeOffset time) ? time : throw Wrong(name);

    public RecordFields? ObjectOrNull(string name) => Find(name) is { } value ? new RecordFields(value) : null;

    public IReadOnlyList<string> Texts(string name) => TextsOrNull(name) ?? throw Missing(name);

    public IReadOnlyList<string>? TextsOrNull(string name) => Items(name, value => TextOf(value, name));

    public IReadOnlyList<TRecord> List<TRecord>(string name, Func<RecordFields, TRecord> read) => ListOrNull(name, read) ?? throw Missing(name);

    public IReadOnlyList<TRecord>? ListOrNull<TRecord>(string name, Func<RecordFields, TRecord> read) => Items(name, value => read(new RecordFields(value)));

    public IReadOnlyDictionary<string, string> Map(string name) => MapOrNull(name) ?? throw Missing(name);

    public IReadOnlyDictionary<string, string>? MapOrNull(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        Dictionary<string, string> texts = [];
        foreach (JsonProperty property in value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : throw Wrong(name))
        {
            texts[property.Name] = TextOf(property.Value, name);
        }

        return texts;
    }

    private TItem[]? Items<TItem>(string name, Func<JsonElement, TItem> read)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        TItem[] items = new TItem[value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : throw Wrong(name)];
        for (int index = 0; index < items.Length; index++)
        {
            items[index] = read(value[index]);
        }

        return items;
    }

    private JsonElement? Find(string name)
        => _object.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string TextOf(JsonElement value, string name)
        => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(name);   // it is a text

    private static JsonException Missing(string name) => new($"{name} is missing.");

    private static JsonException Wrong(string name) => new($"{name} is not what it must be.");
}
