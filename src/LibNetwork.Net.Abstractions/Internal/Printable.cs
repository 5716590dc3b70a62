using System.Text;

namespace LibNetwork.Internal;

/// <summary>Makes text that came from outside safe to put into a message or a log.</summary>
internal static class Printable
{
    private const int MaxLength = 80;

    public static string Of(string text)
    {
        if (text.Length <= MaxLength && !text.Any(char.IsControl))
        {
            return text;
        }

        StringBuilder safe = new(MaxLength + 3);
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
        {
            if (char.IsControl(c))
            {
                safe.Append("\\x").Append(((int)c).ToString("x2"));
            }
            else
            {
                safe.Append(c);
            }
        }

        return text.Length > MaxLength ? safe.Append("...").ToString() : safe.ToString();
    }
}
