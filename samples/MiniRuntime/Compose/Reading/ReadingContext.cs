using YamlDotNet.Core;

namespace MiniRuntime.Compose.Reading;

/// <summary>One reading of one file: where variables come from, and the problems found so far.</summary>
/// <param name="file">The file's name, for messages.</param>
/// <param name="variables">The value of a variable; <see langword="null"/> when it is not set.</param>
internal sealed class ReadingContext(string file, Func<string, string?> variables)
{
    private readonly List<Problem> _problems = [];

    public string? Variable(string name) => variables(name);

    public void Report(Mark at, string message) => _problems.Add(new Problem(at.Line, at.Column, message));

    /// <summary>Ends the reading: all problems at once, in the order of the file.</summary>
    /// <exception cref="StackFileException">There is a problem.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count > 0)
        {
            throw new StackFileException(file, [.. _problems.Distinct().OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)]);
        }
    }
}
