using System.Runtime.CompilerServices;

namespace LibNetwork.Architecture.Tests;

/// <summary>The files of this repository, as the tests of its shape read them.</summary>
internal static class Repository
{
    private static readonly char[] Separators = ['/', '\\'];

    /// <summary>The folder that the solution is in.</summary>
    public static string Root { get; } = FindRoot();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    public static string RelativeOf(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>Files of a folder that people write; what builds leave there is not among them.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern)
        => Directory.Exists(PathOf(folder))
            ? [.. Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories).Where(IsWritten).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>The project files of a folder, each with the name of its project.</summary>
    public static IReadOnlyList<ProjectFile> Projects(string folder) => [.. Files(folder, "*.csproj").Select(ProjectFile.Load)];

    private static bool IsWritten(string path)
        => !RelativeOf(path).Split(Separators).Any(part => part is "bin" or "obj" or ".git" or "TestResults" or "BenchmarkDotNet.Artifacts");

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        // A deterministic build may hide where the source was; then the place of the test's own assembly tells.
        foreach (string start in (string[])[AppContext.BaseDirectory, Path.GetDirectoryName(thisFile) ?? string.Empty])
        {
            for (DirectoryInfo? folder = start.Length == 0 ? null : new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "LibNetwork.Net.sln")))
                {
                    return folder.FullName;
                }
            }
        }

        throw new InvalidOperationException("The tests must run inside a checkout of the repository.");
    }
}
