namespace MiniRuntime.Compose.Reading;

/// <summary>A stack file says what cannot be meant; the message has a line for each problem, as <c>file:line:column: what</c>.</summary>
internal sealed class StackFileException(string file, IReadOnlyList<Problem> problems)
    : Exception(string.Join(Environment.NewLine, problems.Select(problem => $"{file}:{problem.Line}:{problem.Column}: {problem.Message}")))
{
    public IReadOnlyList<Problem> Problems { get; } = problems;
}
