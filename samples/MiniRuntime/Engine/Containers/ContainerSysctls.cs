using System.Collections.ObjectModel;
using LibNetwork;

namespace MiniRuntime.Engine.Containers;

/// <summary>Kernel parameters of a container's network namespace (<c>--sysctl net....</c>).</summary>
internal static class ContainerSysctls
{
    private const string NetworkPrefix = "net.";

    /// <summary>Whether a parameter belongs to the network namespace; others belong to the process.</summary>
    public static bool IsOfNetwork(string key) => key.StartsWith(NetworkPrefix, StringComparison.Ordinal);

    /// <summary>Sets the parameters inside a sandbox.</summary>
    /// <exception cref="EngineException">400: there is no such parameter, or it does not take the value.</exception>
    public static async Task ApplyAsync(ISandbox sandbox, IReadOnlyDictionary<string, string>? sysctls)
    {
        (string Key, string Path, string Value)[] writes =
            [.. (sysctls ?? ReadOnlyDictionary<string, string>.Empty).Where(sysctl => IsOfNetwork(sysctl.Key)).Select(sysctl => (sysctl.Key, PathOf(sysctl.Key), sysctl.Value))];
        if (writes.Length == 0)
        {
            return;
        }

        string? failure = await sandbox.RunInsideAsync(() =>
        {
            foreach ((string key, string path, string value) in writes)
            {
                try
                {
                    File.WriteAllText(path, value);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    return $"cannot set sysctl \"{key}\" to \"{value}\": {exception.Message}";
                }
            }

            return null;
        });
        if (failure is not null)
        {
            throw EngineException.BadRequest(failure);
        }
    }

    // An interface's name may hold dots, which are then written as slashes.
    private static string PathOf(string key)
        => key.Contains("..", StringComparison.Ordinal)
            ? throw EngineException.BadRequest($"sysctl \"{key}\" is not allowed")
            : "/proc/sys/" + string.Create(key.Length, key, static (path, source) =>
            {
                for (int i = 0; i < source.Length; i++)
                {
                    path[i] = source[i] switch { '.' => '/', '/' => '.', _ => source[i] };
                }
            });
}
