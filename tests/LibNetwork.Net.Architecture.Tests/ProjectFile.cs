using System.Xml.Linq;

namespace LibNetwork.Architecture.Tests;

/// <summary>What a project file says that its project refers to.</summary>
internal sealed record ProjectFile(
    string Name,
    string Folder,
    IReadOnlyList<string> Projects,
    IReadOnlyList<string> Packages,
    IReadOnlyList<string> Frameworks,
    IReadOnlyList<string> Friends)
{
    public static ProjectFile Load(string path)
    {
        XDocument document = XDocument.Load(path);
        return new ProjectFile(
            Path.GetFileNameWithoutExtension(path),
            Path.GetDirectoryName(path) ?? string.Empty,
            [.. Includes(document, "ProjectReference").Select(include => Path.GetFileNameWithoutExtension(include.Replace('\\', '/')))],
            Includes(document, "PackageReference"),
            Includes(document, "FrameworkReference"),
            Includes(document, "InternalsVisibleTo"));
    }

    private static List<string> Includes(XDocument document, string item)
        => [.. document.Descendants(item).Select(element => element.Attribute("Include")?.Value).OfType<string>()];
}
