using System.Text.RegularExpressions;

namespace MiniRuntime.Engine.Images;

/// <summary>Names of images.</summary>
internal static partial class ImageName
{
    private const string DefaultTag = "latest";

    // Registries' own prefix may be left out, as with docker.
    private static readonly string[] Defaults = ["docker.io/library/", "docker.io/", "library/"];

    /// <summary>A name with its tag: <c>bb</c> means <c>bb:latest</c>.</summary>
    /// <exception cref="EngineException">400: it cannot be a name.</exception>
    public static string Normalize(string name, string? tag = null)
    {
        string full = string.IsNullOrEmpty(tag) ? name : $"{name}:{tag}";
        string? prefix = Defaults.FirstOrDefault(prefix => full.StartsWith(prefix, StringComparison.Ordinal));
        string bare = full[(prefix?.Length ?? 0)..];
        string tagged = bare.LastIndexOf(':') > bare.LastIndexOf('/') ? bare : $"{bare}:{DefaultTag}";
        return Reference().IsMatch(tagged) ? tagged : throw EngineException.BadRequest("invalid reference format");
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9._:-]*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference();
}
