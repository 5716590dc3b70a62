using System.Text.RegularExpressions;

namespace LibNetwork.Architecture.Tests;

/// <summary>Documents do not rot: their code is compiled elsewhere, and what they point to is there.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] Documents =
        ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/features.md", "docs/writing-a-driver.md", "docs/miniruntime.md", "docs/cni.md"];

    [Fact]
    public void The_code_of_the_README_is_the_marked_part_of_HelloNetwork()
    {
        Match shown = CodeBlock().Match(Repository.Read("README.md"));
        Match compiled = MarkedPart().Match(Repository.Read("samples/HelloNetwork/Program.cs"));

        Assert.True(shown.Success, "README.md has no C# block.");
        Assert.True(compiled.Success, "samples/HelloNetwork/Program.cs has no marked part.");
        Assert.Equal(Lines(compiled.Groups["code"].Value), Lines(shown.Groups["code"].Value));
    }

    [Theory]
    [InlineData("PointToPointDriver.cs")]
    [InlineData("PointToPointDriverBuilderExtensions.cs")]
    public void The_driver_of_the_page_about_drivers_is_the_one_that_is_compiled_and_tested(string file)
    {
        const int MostLines = 150;
        string[] compiled = Lines(Repository.Read($"samples/PointToPoint/{file}"));

        Assert.True(compiled.Length < MostLines, $"{file} has {compiled.Length} lines");
        Assert.Contains(CodeBlock().Matches(Repository.Read("docs/writing-a-driver.md")), block => Lines(block.Groups["code"].Value).SequenceEqual(compiled));
    }

    [Fact]
    public void Documents_link_to_what_is_there()
    {
        IEnumerable<string> wrong = Documents.SelectMany(document => Link().Matches(Repository.Read(document))
            .Select(link => link.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && target[0] != '#')
            .Select(target => (Document: document, Target: target.Split('#')[0]))
            .Where(link => !Path.Exists(Path.Combine(Path.GetDirectoryName(Repository.PathOf(document)) ?? string.Empty, link.Target)))
            .Select(link => $"{link.Document} links to {link.Target}"));

        Violations.None(wrong);
    }

    [Fact]
    public void Documents_name_source_files_and_projects_that_are_there()
    {
        IEnumerable<string> wrong = Documents.SelectMany(document => SourcePath().Matches(Repository.Read(document))
            .Select(match => match.Value.TrimEnd('.', '/'))
            .Where(path => !Path.Exists(Repository.PathOf(path)))
            .Select(path => $"{document} names {path}"));

        Violations.None(wrong);
    }

    private static string[] Lines(string code)
    {
        string[] lines = [.. code.Split('\n').Select(line => line.TrimEnd())];
        int indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return [.. lines.Select(line => line.Length > indent ? line[indent..] : string.Empty).SkipWhile(line => line.Length == 0).Reverse()
            .SkipWhile(line => line.Length == 0).Reverse()];
    }

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```", RegexOptions.ExplicitCapture | RegexOptions.Singleline | RegexOptions.Multiline, 5000)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("^ *// README: from here\n(?<code>.*?)^ *// README: to here", RegexOptions.ExplicitCapture | RegexOptions.Singleline | RegexOptions.Multiline, 5000)]
    private static partial Regex MarkedPart();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Link();

    [GeneratedRegex(@"\b(src|tests|samples|benchmarks|docs)/[A-Za-z][\w.\-/]*", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex SourcePath();
}
