using System.Diagnostics;

namespace MiniRuntime.Compose.Reporting;

/// <summary>An object and what is being done with it. A value: what is shown does not change under the eyes of who draws it.</summary>
/// <param name="Subject">For example <c>Network shop_front</c>.</param>
/// <param name="State">For example <c>Creating</c>, <c>Created</c>.</param>
/// <param name="Begun">When the first step began, as <see cref="Stopwatch"/> counts.</param>
/// <param name="Took">What all steps took; <see langword="null"/> while one is under way.</param>
/// <param name="HasFailed">Whether the last step failed.</param>
internal sealed record ProgressRow(string Subject, string State, long Begun, TimeSpan? Took, bool HasFailed)
{
    public TimeSpan Elapsed => Took ?? Stopwatch.GetElapsedTime(Begun);
}
