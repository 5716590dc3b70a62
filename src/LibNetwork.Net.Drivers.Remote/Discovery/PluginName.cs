namespace LibNetwork.Drivers.Remote;

/// <summary>What a plugin may be called. It becomes part of a path, so it must be a name and nothing else.</summary>
internal static class PluginName
{
    private const int MaxLength = 100;   // a socket's path has 107 bytes at most

    public static bool IsValid(string name)
        => name.Length is > 0 and <= MaxLength && char.IsAsciiLetterOrDigit(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
}
