using System.Text;

namespace MiniRuntime.Compose.Reading;

/// <summary>Puts variables into text: <c>$NAME</c>, <c>${NAME}</c>, and with a word for when it is not set:
/// <c>${NAME:-default}</c>, <c>${NAME:+instead}</c>, <c>${NAME:?message}</c>. Without the colon an empty value counts as set. <c>$$</c> is a dollar.</summary>
internal static class Interpolation
{
    private const string Explanation = "write ${NAME}, ${NAME:-default}, or $$ for a dollar";

    /// <exception cref="FormatException">The text is not well formed, or a variable that must be set is not.</exception>
    public static string Apply(string text, Func<string, string?> variable)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        StringBuilder result = new(text.Length);
        int position = 0;
        while (position < text.Length)
        {
            char character = text[position++];
            if (character != '$')
            {
                result.Append(character);
            }
            else if (position < text.Length && text[position] == '$')
            {
                result.Append('$');
                position++;
            }
            else if (position < text.Length && text[position] == '{')
            {
                int end = ClosingBrace(text, position);
                result.Append(Expand(text[(position + 1)..end], variable));
                position = end + 1;
            }
            else
            {
                int end = EndOfName(text, position);
                result.Append(variable(NameIn(text, position, end)) ?? string.Empty);
                position = end;
            }
        }

        return result.ToString();
    }

    // "NAME", "NAME:-word", "NAME-word" and so on; the word may hold variables itself.
    private static string Expand(string expression, Func<string, string?> variable)
    {
        int end = EndOfName(expression, 0);
        string name = NameIn(expression, 0, end);
        string rest = expression[end..];
        if (rest.Length == 0)
        {
            return variable(name) ?? string.Empty;
        }

        bool emptyCountsAsUnset = rest[0] == ':';
        string operation = emptyCountsAsUnset ? rest[1..] : rest;
        if (operation.Length == 0)
        {
            throw new FormatException($"\"${{{expression}}}\" is not understood: {Explanation}");
        }

        string? value = variable(name);
        bool isSet = value is not null && !(emptyCountsAsUnset && value.Length == 0);
        string word = operation[1..];
        return operation[0] switch
        {
            '-' => isSet ? value! : Apply(word, variable),   // isSet says that it is not null
            '+' => isSet ? Apply(word, variable) : string.Empty,
            '?' => isSet ? value! : throw new FormatException($"the variable {name} must be set{(word.Length == 0 ? string.Empty : $": {Apply(word, variable)}")}"),
            _ => throw new FormatException($"\"${{{expression}}}\" is not understood: {Explanation}"),
        };
    }

    private static int ClosingBrace(string text, int open)
    {
        int depth = 0;
        for (int position = open; position < text.Length; position++)
        {
            depth += text[position] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return position;
            }
        }

        throw new FormatException($"\"{text[(open - 1)..]}\" has no closing brace: {Explanation}");
    }

    private static int EndOfName(string text, int start)
    {
        int end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        return end;
    }

    private static string NameIn(string text, int start, int end)
        => end > start && !char.IsAsciiDigit(text[start])
            ? text[start..end]
            : throw new FormatException($"a name must follow the dollar in \"{text}\": {Explanation}");
}
