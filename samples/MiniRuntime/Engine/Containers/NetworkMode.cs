namespace MiniRuntime.Engine.Containers;

/// <summary>What a container's <c>NetworkMode</c> means.</summary>
internal static class NetworkMode
{
    public const string Bridge = "bridge";
    public const string Host = "host";
    public const string None = "none";
    private const string ContainerPrefix = "container:";

    /// <summary>The mode as it is kept: without one it is the default bridge.</summary>
    public static string Normalized(string? mode) => mode is null or "" or "default" ? Bridge : mode;

    /// <summary>Whose network the container shares, if it shares one.</summary>
    public static string? SharedContainer(string? mode)
        => mode?.StartsWith(ContainerPrefix, StringComparison.Ordinal) == true ? mode[ContainerPrefix.Length..] : null;

    /// <summary>Whether it names a network that a user has made.</summary>
    public static bool IsUserDefined(string network) => network is not (Bridge or "default" or Host or None) && SharedContainer(network) is null;
}
