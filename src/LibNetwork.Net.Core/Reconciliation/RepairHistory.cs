namespace LibNetwork.Reconciliation;

/// <summary>How often one thing was repaired lately, and how long it is therefore left alone.</summary>
internal sealed class RepairHistory
{
    /// <summary>How many repairs in a row are done at once.</summary>
    public const int FreeRepairs = 5;

    public static readonly TimeSpan Calm = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(5);

    private int _repairs;
    private int _failures;   // in a row

    /// <summary>The end of the rest.</summary>
    public DateTimeOffset NotBefore { get; private set; }

    /// <summary>Whether this rest was reported.</summary>
    public bool IsReported { get; set; }

    /// <summary>What was found and is not ours to repair, as it was reported.</summary>
    public IReadOnlySet<string> LeftAlone { get; set; } = new HashSet<string>();

    public bool IsResting(DateTimeOffset now) => now < NotBefore;

    /// <summary>Whether nothing of it matters any more.</summary>
    public bool IsOver(DateTimeOffset now) => now - NotBefore > Calm && LeftAlone.Count == 0;

    /// <summary>Counts a repair. After several in a row, each within <see cref="Calm"/> of the last, comes a rest, each twice as long as the last.</summary>
    /// <param name="now">The time.</param>
    /// <param name="failed">Whether it failed: then a rest comes at once.</param>
    public void Count(DateTimeOffset now, bool failed)
    {
        if (now - NotBefore > Calm)
        {
            _repairs = 0;
            _failures = 0;
        }

        _repairs++;
        _failures = failed ? _failures + 1 : 0;
        int undone = Math.Max(_failures, _repairs - FreeRepairs);
        NotBefore = undone > 0 ? now + RestAfter(undone) : now;
        IsReported = failed;   // the failure itself is the report
    }

    private static TimeSpan RestAfter(int undone)
    {
        const int Doublings = 16;
        TimeSpan rest = FirstRest * Math.Pow(2, Math.Min(undone - 1, Doublings));
        return rest < LongestRest ? rest : LongestRest;
    }
}
