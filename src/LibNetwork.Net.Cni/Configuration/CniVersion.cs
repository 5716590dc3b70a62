namespace LibNetwork.Cni.Configuration;

/// <summary>The versions of the CNI specification that this plugin speaks.</summary>
internal static class CniVersion
{
    public const string Newest = "1.1.0";

    /// <summary>The oldest first.</summary>
    public static IReadOnlyList<string> Supported { get; } = ["0.3.0", "0.3.1", "0.4.0", "1.0.0", Newest];

    public static bool IsSupported(string? version) => Supported.Contains(version);

    /// <summary>Whether a supported version is at least another.</summary>
    public static bool IsAtLeast(string version, string other) => Position(version) >= Position(other);

    private static int Position(string version) => ((List<string>)[.. Supported]).IndexOf(version);
}
