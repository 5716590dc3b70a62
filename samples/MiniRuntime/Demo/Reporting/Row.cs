namespace MiniRuntime.Demo.Reporting;

/// <summary>A line of the report: a claim, or, when nothing is expected, the title of a group.</summary>
internal sealed record Row(string Tried, string? Expected)
{
    public bool IsTitle => Expected is null;

    /// <summary>What happened; <see langword="null"/> while it is being found out.</summary>
    public string? Happened { get; set; }

    public TimeSpan Took { get; set; }

    public bool Differs => Happened is not null && Happened != Expected;
}
