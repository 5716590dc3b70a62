namespace MiniRuntime;

/// <summary>A line of the table: a claim, or, when nothing is expected, the title of a group.</summary>
internal sealed record DemoRow(string Tried)
{
    public string? Expected { get; init; }

    /// <summary>What happened; <see langword="null"/> while it is being found out.</summary>
    public string? Happened { get; set; }

    public TimeSpan Took { get; set; }

    public bool Differs => Happened is not null && Happened != Expected;
}
