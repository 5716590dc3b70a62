using System.Globalization;
using System.Text.RegularExpressions;

namespace MiniRuntime.Compose.Reading;

/// <summary>Reads times as compose files write them: <c>1h5m30s</c>, <c>500ms</c>.</summary>
internal static partial class Duration
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text.Length is 0 or > 64 || !Whole().IsMatch(text))
        {
            return false;
        }

        double seconds = 0;
        foreach (Match part in Part().Matches(text))
        {
            double number = double.Parse(part.Groups["number"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
            seconds += number * part.Groups["unit"].Value switch { "h" => 3600, "m" => 60, "s" => 1, "ms" => 1e-3, _ => 1e-6 };
        }

        bool isShort = seconds <= TimeSpan.MaxValue.TotalSeconds / 2;
        duration = isShort ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
        return isShort;
    }

    [GeneratedRegex(@"^([0-9]+(\.[0-9]+)?(h|ms|m|s|us))+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"(?<number>[0-9]+(\.[0-9]+)?)(?<unit>h|ms|m|s|us)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Part();
}
