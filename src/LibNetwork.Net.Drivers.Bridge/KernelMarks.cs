using System.Text;

namespace LibNetwork.Drivers.Bridge;

/// <summary>The notes on interfaces by which a later process knows whose they are.</summary>
/// <remarks>Words between spaces: the id, what a record would hold, and last the name, if there is room. Earlier versions wrote the id only.</remarks>
internal static class KernelMarks
{
    /// <summary>What stands for a word that there is not.</summary>
    public const string None = "-";

    public const string NetworkPrefix = "libnetwork:network:";
    public const string EndpointPrefix = "libnetwork:endpoint:";

    private const int MaxBytes = 255;   // IFALIASZ less the end

    public static bool IsNetwork(string? alias) => alias?.StartsWith(NetworkPrefix, StringComparison.Ordinal) == true;

    public static bool IsEndpoint(string? alias) => alias?.StartsWith(EndpointPrefix, StringComparison.Ordinal) == true;

    /// <summary>Whether a mark is this network's, whichever version wrote it.</summary>
    public static bool IsOf(NetworkId network, string? alias)
        => IsNetwork(alias) && alias.AsSpan(NetworkPrefix.Length) is var rest && rest.StartsWith(network.Value, StringComparison.Ordinal)
            && (rest.Length == network.Value.Length || rest[network.Value.Length] == ' ');

    /// <summary>Puts a mark together; a name for which there is no room is left out.</summary>
    public static string Join(string prefix, string id, string words, string name)
    {
        string mark = $"{prefix}{id} {words}";
        return Encoding.UTF8.GetByteCount(mark) + 1 + Encoding.UTF8.GetByteCount(name) <= MaxBytes ? $"{mark} {name}" : mark;
    }
}
