using System.Diagnostics;

namespace MiniRuntime.Compose.Reporting;

/// <summary>An object and what is being done with it. A value: what is shown does not change under the eyes of who draws it.</summary>
/// <param name="Subject">For example <c>Network shop_front</c>.</param>
/// <param name="State">For example <c>Creating</c>, <c>Created</c>.</param>
/// <param name="Took">What the steps that are over took together.</param>
/// <param name="Begun">When the step that is under way began, as <see cref="Stopwatch"/> counts; <see langword="null"/> when none is.</param>
/// <param name="HasFailed">Whether the last step failed.</param>
internal sealed record ProgressRow(string Subject, string State, TimeSpan Took, long? Begun, bool HasFailed)
{
    public bool IsUnderWay => Begun is not null;

    public TimeSpan Elapsed => Begun is { } begun ? Took + Stopwatch.GetElapsedTime(begun) : Took;
}
