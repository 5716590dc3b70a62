using System.Text.Json;
using System.Text.RegularExpressions;
using MiniRuntime.Engine;

namespace MiniRuntime.Api;

/// <summary>The <c>filters</c> of a request: <c>{"label": ["a", "b=c"]}</c>, or <c>{"label": {"a": true}}</c> as older clients write it.</summary>
/// <remarks>Values of one key are alternatives, except for labels, all of which must be there. A key that is not given lets everything pass.</remarks>
internal sealed class Filters
{
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, IReadOnlyList<string>> _values;

    private Filters(Dictionary<string, IReadOnlyList<string>> values) => _values = values;

    /// <summary>Reads the parameter.</summary>
    /// <param name="text">Its text, if it is given.</param>
    /// <param name="keys">The keys that are known.</param>
    /// <exception cref="EngineException">400: it is malformed, or a key is not known.</exception>
    public static Filters Parse(string? text, params ReadOnlySpan<string> keys)
    {
        if (string.IsNullOrEmpty(text))
        {
            return new Filters([]);
        }

        Dictionary<string, IReadOnlyList<string>> values = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            foreach (JsonProperty filter in document.RootElement.EnumerateObject())
            {
                values[filter.Name] = keys.Contains(filter.Name)
                    ? Values(filter.Value)
                    : throw EngineException.BadRequest($"invalid filter '{filter.Name}'");
            }
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw EngineException.BadRequest($"invalid filters: {malformed.Message}");
        }

        return new Filters(values);
    }

    /// <summary>The values of a key; none when it is not given.</summary>
    public IReadOnlyList<string> this[string key] => _values.GetValueOrDefault(key) ?? [];

    public bool MatchesExactly(string key, params IReadOnlyList<string> candidates) => Matches(key, value => candidates.Contains(value));

    public bool MatchesBeginning(string key, params IReadOnlyList<string> candidates)
        => Matches(key, value => candidates.Any(candidate => candidate.StartsWith(value, StringComparison.Ordinal)));

    /// <summary>Whether a regular expression among the values is found in the text.</summary>
    public bool MatchesPattern(string key, string text)
        => Matches(key, value => value == text || TryPattern(value)?.IsMatch(text) == true);

    public bool MatchesLabels(string key, IReadOnlyDictionary<string, string> labels) => this[key].All(value => Has(labels, value));

    /// <summary>Whether none of the values is among the labels (<c>label!</c>).</summary>
    public bool MatchesNoLabel(string key, IReadOnlyDictionary<string, string> labels) => !this[key].Any(value => Has(labels, value));

    /// <summary>The value of a key that is true or false; <see langword="null"/> when it is not given.</summary>
    /// <exception cref="EngineException">400: it is neither.</exception>
    public bool? Flag(string key) => this[key] switch
    {
        [] => null,
        ["1" or "true" or "True" or "TRUE"] => true,
        ["0" or "false" or "False" or "FALSE"] => false,
        IReadOnlyList<string> others => throw EngineException.BadRequest($"invalid filter '{key}={string.Join(',', others)}'"),
    };

    private static IReadOnlyList<string> Values(JsonElement values)
        => values.ValueKind == JsonValueKind.Array
            ? [.. values.EnumerateArray().Select(value => value.GetString() ?? string.Empty)]
            : [.. values.EnumerateObject().Where(value => value.Value.GetBoolean()).Select(value => value.Name)];

    private static bool Has(IReadOnlyDictionary<string, string> labels, string wanted)
    {
        string[] pair = wanted.Split('=', 2);
        return labels.TryGetValue(pair[0], out string? value) && (pair.Length == 1 || value == pair[1]);
    }

    private static Regex? TryPattern(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, PatternTimeout);
        }
        catch (Exception unusable) when (unusable is ArgumentException or NotSupportedException)
        {
            return null;   // then only the very same text matches, as with dockerd
        }
    }

    private bool Matches(string key, Func<string, bool> matches) => !_values.TryGetValue(key, out IReadOnlyList<string>? values) || values.Count == 0 || values.Any(matches);
}
