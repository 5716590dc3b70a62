using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace LibNetwork.Architecture.Tests;

/// <summary>What the sources must not say, and how long a file may be.</summary>
public sealed partial class SourceTests
{
    private const int MaxLines = 600;

    [Fact]
    public void The_library_starts_no_process()
        => Assert.Empty(Matches("src", StartsProcess()));

    [Fact]
    public void Nothing_shipped_or_shown_is_left_undone()
        => Assert.Empty(Matches("src", IsUndone()).Concat(Matches("samples", IsUndone())));

    [Fact]
    public void No_file_is_too_long()
    {
        IEnumerable<string> wrong = ((string[])["src", "tests", "samples", "benchmarks"])
            .SelectMany(folder => Repository.Files(folder, "*.cs"))
            .Where(path => !path.EndsWith("Constants.cs", StringComparison.Ordinal))
            .Select(path => (Path: path, Lines: File.ReadLines(path).Count()))
            .Where(file => file.Lines > MaxLines)
            .Select(file => $"{Repository.RelativeOf(file.Path)} has {file.Lines} lines");

        Assert.Empty(wrong);
    }

    [Fact]
    public void NuGet_is_told_no_source()
    {
        string[] configurations = [.. Repository.Files(".", "*.config").Where(path => Path.GetFileName(path).Equals("nuget.config", StringComparison.OrdinalIgnoreCase))];

        Assert.Single(configurations);
        XDocument document = XDocument.Load(configurations[0]);
        Assert.DoesNotContain(document.Descendants(), element => element.Name.LocalName is "packageSources" or "packageSourceCredentials" or "disabledPackageSources");
    }

    [Fact]
    public void Build_files_name_no_host()
    {
        IEnumerable<string> wrong = ((string[])["*.csproj", "*.props", "*.targets", "*.config", "global.json"])
            .SelectMany(pattern => Repository.Files(".", pattern))
            .Concat(Repository.Files(".ci", "*"))
            .Where(path => Regex.IsMatch(File.ReadAllText(path), "https?://|RestoreSources|RestoreAdditionalProjectSources", RegexOptions.None, TimeSpan.FromSeconds(5)))
            .Select(Repository.RelativeOf);

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_package_keeps_its_public_surface_in_text()
    {
        IEnumerable<string> missing = Repository.Projects("src")
            .SelectMany(project => ((string[])["PublicAPI.Shipped.txt", "PublicAPI.Unshipped.txt"]).Select(file => Path.Combine(project.Folder, file)))
            .Where(path => !File.Exists(path))
            .Select(Repository.RelativeOf);

        Assert.Empty(missing);
    }

    private static IEnumerable<string> Matches(string folder, Regex forbidden)
    {
        foreach (string path in Repository.Files(folder, "*.cs").Concat(Repository.Files(folder, "*.csproj")))
        {
            int number = 0;
            foreach (string line in File.ReadLines(path))
            {
                number++;
                if (forbidden.IsMatch(line))
                {
                    yield return $"{Repository.RelativeOf(path)}:{number}: {line.Trim()}";
                }
            }
        }
    }

    [GeneratedRegex(@"\bProcess\s*\.\s*Start\b|\bProcessStartInfo\b|\bnew\s+Process\b|\b(execve|execv|execvp|posix_spawn|fork|vfork|popen)\s*\(", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex StartsProcess();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK)\b|\bNotImplementedException\b", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex IsUndone();
}
