using System.Text.RegularExpressions;

namespace MiniRuntime.Compose.Reading;

/// <summary>The name that all objects of a stack share.</summary>
internal static partial class ProjectName
{
    public const string Rule = "lower case letters, digits, dashes and underscores, and begin with a letter or a digit";

    public static bool IsValid(string name) => Valid().IsMatch(name);

    /// <summary>A name from that of the file's folder; <see langword="null"/> when nothing of it can be used.</summary>
    public static string? FromFolder(string folder)
    {
        string name = Unusable().Replace(folder.ToLowerInvariant(), string.Empty).TrimStart('-', '_');
        return name.Length == 0 ? null : name;
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Valid();

    [GeneratedRegex("[^a-z0-9_-]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unusable();
}
