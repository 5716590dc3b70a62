using System.Globalization;
using LibNetwork.Linux;

namespace LibNetwork.Controller;

/// <summary>One process runs a host's networking at a time: two would remove each other's networks.</summary>
internal static class HostOwnership
{
    private const int MaxCommand = 200;   // characters

    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Conflict"/>: another process has the host; it is named.</exception>
    public static async ValueTask EnsureAsync(HostKernel kernel, CancellationToken cancellationToken)
    {
        if (await kernel.ClaimAsync(cancellationToken).ConfigureAwait(false) is { } process)
        {
            string holder = process == 0 ? "another process" : string.Create(CultureInfo.InvariantCulture, $"process {process} ({CommandOf(process)})");
            throw NetworkException.Conflict("the host's network", $"is run by {holder} already", holder, "stop that process first");
        }
    }

    private static string CommandOf(int process)
    {
        try
        {
            string command = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline")).Replace('\0', ' ').Trim();
            return command.Length <= MaxCommand ? command : command[..MaxCommand];
        }
        catch (IOException)
        {
            return "gone by now";
        }
        catch (UnauthorizedAccessException)
        {
            return "its command cannot be read";
        }
    }
}
