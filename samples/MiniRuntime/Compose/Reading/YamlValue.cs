using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MiniRuntime.Compose.Reading;

/// <summary>A value in the file, with its name and its place. Reading it as what it is not reports a problem and gives nothing.</summary>
internal sealed class YamlValue
{
    private const string CoreTags = "tag:yaml.org,2002:";

    private readonly ReadingContext _context;
    private readonly YamlNode _node;
    private readonly string? _text;   // of a scalar, with its variables put in; null also when they could not be
    private readonly bool _isPlain;

    private readonly Mark _nameStart;

    public YamlValue(YamlNode node, string name, ReadingContext context, Mark? nameStart = null)
    {
        (_node, Name, _context, _nameStart) = (node, name, context, nameStart ?? node.Start);
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific && !node.Tag.Value.StartsWith(CoreTags, StringComparison.Ordinal))
        {
            Report($"the tag {node.Tag.Value} is not known");
        }

        if (node is YamlScalarNode scalar)
        {
            _isPlain = scalar.Style == ScalarStyle.Plain && node.Tag != $"{CoreTags}str";
            try
            {
                _text = Interpolation.Apply(scalar.Value ?? string.Empty, context.Variable);
            }
            catch (FormatException exception)
            {
                Report(exception.Message);
            }
        }
    }

    /// <summary>The key under which it stands, or the list in which it is.</summary>
    public string Name { get; }

    public bool IsNull => _isPlain && _text is not null && ScalarKind.IsNull(_text);

    public bool IsList => _node is YamlSequenceNode;

    public bool IsMap => _node is YamlMappingNode;

    /// <summary>Text, or a number as it is written.</summary>
    public string? Text()
    {
        if (_isPlain && _text is not null && (ScalarKind.AsBoolean(_text) is not null || IsNull))
        {
            Report($"{Name} must be text, and {Shown} is not: put it in quotes if it is meant so");
            return null;
        }

        return AnyScalar("text");
    }

    /// <summary>Text, a number or a boolean, as it is written.</summary>
    public string? AnyScalar(string expected = "a single value")
    {
        if (_node is not YamlScalarNode)
        {
            ReportKind(expected);
        }

        return _text;
    }

    public bool? Boolean()
    {
        if (_text is null || !_isPlain || ScalarKind.AsBoolean(_text) is not { } value)
        {
            ReportKind("true or false");
            return null;
        }

        return value;
    }

    /// <summary>A whole number between two limits.</summary>
    public int? Integer(int lowest = int.MinValue, int highest = int.MaxValue)
    {
        if (_text is null || !ScalarKind.IsInteger(_text)
            || !int.TryParse(_text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) || value < lowest || value > highest)
        {
            ReportKind(lowest == int.MinValue ? "a whole number" : $"a whole number from {lowest} to {highest}");
            return null;
        }

        return value;
    }

    /// <summary>The values of a list.</summary>
    public IReadOnlyList<YamlValue> Items()
    {
        if (_node is YamlSequenceNode list)
        {
            return [.. list.Children.Select(child => new YamlValue(child, $"each of {Name}", _context))];
        }

        ReportKind("a list");
        return [];
    }

    /// <summary>The texts of a list.</summary>
    public IReadOnlyList<string> Texts() => [.. Items().Select(item => item.Text()).OfType<string>()];

    /// <summary>One text or a list of them.</summary>
    public IReadOnlyList<string> TextOrTexts() => IsList ? Texts() : Text() is { } text ? [text] : [];

    /// <summary>A map, whose keys the caller takes one by one.</summary>
    public YamlMap? Map()
    {
        if (_node is YamlMappingNode map)
        {
            return new YamlMap(map, Name, _context);
        }

        ReportKind("a map");
        return null;
    }

    /// <summary>Names with values, each <see langword="null"/> when it has none: a map, or a list of <c>name=value</c>.</summary>
    public IReadOnlyDictionary<string, string?> Pairs(char separator = '=')
    {
        SortedDictionary<string, string?> pairs = new(StringComparer.Ordinal);   // the order of the file does not matter, and must not make a difference
        if (IsList)
        {
            foreach (string item in Texts())
            {
                int end = item.IndexOf(separator, StringComparison.Ordinal);
                pairs[end < 0 ? item : item[..end]] = end < 0 ? null : item[(end + 1)..];
            }
        }
        else if (_node is YamlMappingNode)
        {
            foreach ((string key, YamlValue value) in Map()!.Entries())   // it is a map
            {
                pairs[key] = value.IsNull ? null : value.AnyScalar();
            }
        }
        else
        {
            ReportKind($"a map, or a list of name{separator}value");
        }

        return pairs;
    }

    /// <summary>Names with values; no value is an empty one.</summary>
    public IReadOnlyDictionary<string, string> Texts(char separator)
        => new SortedDictionary<string, string>(Pairs(separator).ToDictionary(pair => pair.Key, pair => pair.Value ?? string.Empty), StringComparer.Ordinal);

    public void Report(string message) => _context.Report(_node.Start, message);

    /// <summary>Reports a problem at the key; at the value when it has none of its own.</summary>
    public void ReportAtName(string message) => _context.Report(_nameStart, message);

    private string Shown => _node switch
    {
        YamlSequenceNode => "a list",
        YamlMappingNode => "a map",
        _ when IsNull => "nothing",
        _ => _isPlain ? _text ?? string.Empty : $"\"{_text}\"",
    };

    private void ReportKind(string expected)
    {
        if (_node is not YamlScalarNode || _text is not null)   // otherwise its variables were the problem, and that is said
        {
            Report($"{Name} must be {expected}, and is {Shown}");
        }
    }
}
