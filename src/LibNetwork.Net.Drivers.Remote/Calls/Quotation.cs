using System.Text;

namespace LibNetwork.Drivers.Remote;

/// <summary>Makes what a plugin said fit for messages and logs: not long, and on one line.</summary>
internal static class Quotation
{
    private const int MaxLength = 500;   // characters

    public static string Of(string said) => Of(said.AsSpan());

    public static string Of(ReadOnlySpan<byte> said) => Of(Encoding.UTF8.GetString(said[..Math.Min(said.Length, MaxLength * 4)]).AsSpan());

    private static string Of(ReadOnlySpan<char> said)
    {
        ReadOnlySpan<char> text = said.Trim();
        StringBuilder safe = new(Math.Min(text.Length, MaxLength));
        foreach (char c in text[..Math.Min(text.Length, MaxLength)])
        {
            safe.Append(char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c);
        }

        return text.Length > MaxLength ? safe.Append("...").ToString() : safe.ToString();
    }
}
