using System.Text;

namespace MiniRuntime.Compose.Reading;

/// <summary>Splits a command line into words as a shell does: at blanks, but for what is in quotes or behind a backslash.</summary>
internal static class ShellWords
{
    /// <exception cref="FormatException">A quote is not closed.</exception>
    public static IReadOnlyList<string> Split(string line)
    {
        List<string> words = [];
        StringBuilder? word = null;
        char quote = '\0';
        for (int position = 0; position < line.Length; position++)
        {
            char character = line[position];
            bool escapes = character == '\\' && quote != '\'' && position + 1 < line.Length
                && (quote == '\0' || line[position + 1] is '"' or '\\' or '$' or '`');
            if (escapes)
            {
                (word ??= new StringBuilder()).Append(line[++position]);
            }
            else if (quote != '\0')
            {
                if (character == quote)
                {
                    quote = '\0';
                }
                else
                {
                    word!.Append(character);   // the opening quote has begun it
                }
            }
            else if (character is '\'' or '"')
            {
                quote = character;
                word ??= new StringBuilder();   // quotes around nothing are a word, too
            }
            else if (char.IsWhiteSpace(character))
            {
                Finish(words, ref word);
            }
            else
            {
                (word ??= new StringBuilder()).Append(character);
            }
        }

        Finish(words, ref word);
        return quote == '\0' ? words : throw new FormatException($"the quote {quote} is not closed");
    }

    private static void Finish(List<string> words, ref StringBuilder? word)
    {
        if (word is not null)
        {
            words.Add(word.ToString());
            word = null;
        }
    }
}
