namespace MiniRuntime.Api;

/// <summary>Says how long something took as people would: <c>About an hour</c>.</summary>
internal static class ElapsedTime
{
    private const int HoursPerDay = 24;
    private const int DaysPerWeek = 7;
    private const int DaysPerMonth = 30;
    private const int DaysPerYear = 365;

    public static string InWords(TimeSpan time)
    {
        int hours = (int)Math.Round(time.TotalHours);
        return time switch
        {
            { TotalSeconds: < 1 } => "Less than a second",
            { TotalSeconds: < 2 } => "1 second",
            { TotalMinutes: < 1 } => $"{(int)time.TotalSeconds} seconds",
            { TotalMinutes: < 2 } => "About a minute",
            { TotalHours: < 1 } => $"{(int)time.TotalMinutes} minutes",
            _ when hours <= 1 => "About an hour",
            _ when hours < 2 * HoursPerDay => $"{hours} hours",
            _ when hours < 2 * HoursPerDay * DaysPerWeek => $"{hours / HoursPerDay} days",
            _ when hours < 2 * HoursPerDay * DaysPerMonth => $"{hours / HoursPerDay / DaysPerWeek} weeks",
            _ when hours < 2 * HoursPerDay * DaysPerYear => $"{hours / HoursPerDay / DaysPerMonth} months",
            _ => $"{hours / HoursPerDay / DaysPerYear} years",
        };
    }
}
