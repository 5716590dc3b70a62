using System.Globalization;
using System.Text.RegularExpressions;
using MiniRuntime.Engine;

namespace MiniRuntime.Api;

/// <summary>Reads points in time as clients write them: seconds since 1970 (<c>1700000000.5</c>), RFC 3339, or how long ago (<c>1h30m</c>).</summary>
internal static partial class Timestamps
{
    private const int NanosecondDigits = 9;

    /// <returns>The time; <see langword="null"/> when there is no text.</returns>
    /// <exception cref="EngineException">400: it is none of these.</exception>
    public static DateTimeOffset? Parse(string? text, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        try
        {
            return Seconds().Match(text) is { Success: true } seconds ? FromSeconds(seconds)
                : Duration().Match(text) is { Success: true } duration ? now - FromDuration(duration)
                : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        }
        catch (Exception unreadable) when (unreadable is FormatException or ArgumentOutOfRangeException or OverflowException)
        {
            throw EngineException.BadRequest($"invalid time \"{text}\"");
        }
    }

    private static DateTimeOffset FromSeconds(Match match)
    {
        string fraction = match.Groups["fraction"].Value.PadRight(NanosecondDigits, '0')[..NanosecondDigits];
        return DateTimeOffset.FromUnixTimeSeconds(long.Parse(match.Groups["seconds"].Value))
            .AddTicks(long.Parse(fraction) / TimeSpan.NanosecondsPerTick);
    }

    private static TimeSpan FromDuration(Match match)
    {
        TimeSpan whole = TimeSpan.Zero;
        for (int i = 0; i < match.Groups["number"].Captures.Count; i++)
        {
            double number = double.Parse(match.Groups["number"].Captures[i].Value, CultureInfo.InvariantCulture);
            whole += match.Groups["unit"].Captures[i].Value switch
            {
                "h" => TimeSpan.FromHours(number),
                "m" => TimeSpan.FromMinutes(number),
                "s" => TimeSpan.FromSeconds(number),
                _ => TimeSpan.FromMilliseconds(number),
            };
        }

        return whole;
    }

    [GeneratedRegex(@"^(?<seconds>-?\d+)(\.(?<fraction>\d+))?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Seconds();

    [GeneratedRegex(@"^((?<number>\d+(\.\d+)?)(?<unit>h|ms|m|s))+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Duration();
}
