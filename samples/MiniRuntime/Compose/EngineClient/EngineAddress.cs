namespace MiniRuntime.Compose.EngineClient;

/// <summary>Where the engine listens.</summary>
internal static class EngineAddress
{
    /// <summary>Where clients of the Docker Engine API look when they are not told otherwise.</summary>
    public const string DefaultPath = "/var/run/docker.sock";

    private const string Variable = "DOCKER_HOST";
    private const string Scheme = "unix://";

    /// <summary>The socket's path: the one that was given, or that of DOCKER_HOST, or the default.</summary>
    /// <exception cref="EngineUnreachableException">DOCKER_HOST is not a socket of this machine.</exception>
    public static string Find(string? given)
    {
        string address = given ?? Environment.GetEnvironmentVariable(Variable) ?? string.Empty;
        if (address.Length == 0)
        {
            return DefaultPath;
        }

        if (address.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return address[Scheme.Length..];
        }

        return address.Contains("://", StringComparison.Ordinal)
            ? throw new EngineUnreachableException($"The engine is reached through a unix socket only, and {address} is not one.")
            : address;
    }
}
