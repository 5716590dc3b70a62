namespace LibNetwork.ContainerFiles;

/// <summary>The file that says which name servers a host has.</summary>
/// <param name="Path">The file.</param>
/// <param name="Content">What it says; nothing when it is not there.</param>
public sealed record HostResolvConf(string Path, ResolvConf Content)
{
    private const string ResolvedStub = "127.0.0.53";

    /// <summary>Where systemd-resolved keeps the servers that it asks itself.</summary>
    public const string ResolvedPath = "/run/systemd/resolve/resolv.conf";

    /// <summary>Finds the file and reads it.</summary>
    /// <param name="path">Where it mostly is: <c>/etc/resolv.conf</c>.</param>
    /// <remarks>When it only names systemd-resolved on 127.0.0.53, the file with that service's own servers is read instead.</remarks>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static HostResolvConf Locate(string path) => Locate(path, ResolvedPath);

    internal static HostResolvConf Locate(string path, string resolvedPath)
    {
        ResolvConf content = Read(path);
        return content.ServerTexts is [ResolvedStub] && File.Exists(resolvedPath)
            ? new HostResolvConf(resolvedPath, Read(resolvedPath))
            : new HostResolvConf(path, content);
    }

    private static ResolvConf Read(string path) => File.Exists(path) ? ResolvConf.Parse(File.ReadAllText(path)) : ResolvConf.Empty;
}
