using System.Text;
using LibNetwork.Linux.Namespaces;

namespace LibNetwork.Sandboxes;

/// <summary>The note on a sandbox's loopback interface: which host's it is, its id, its container's, and whose the namespace is.</summary>
internal static class SandboxMark
{
    private const string Own = "libnetwork:sandbox:";
    private const string Given = "libnetwork:given:";   // somebody else's namespace
    private const int MaxBytes = 255;   // IFALIASZ less the end

    public static string Of(NetworkNamespace host, SandboxState state)
    {
        string mark = $"{(state.UsesGivenNamespace ? Given : Own)}{NumberOf(host)}{state.Id}:";
        return Encoding.UTF8.GetByteCount(mark) + Encoding.UTF8.GetByteCount(state.ContainerId) <= MaxBytes ? mark + state.ContainerId : mark;
    }

    /// <summary>Reads a mark.</summary>
    /// <returns>
    /// The sandbox's id, its container's, and whether the namespace was given to it; <see langword="null"/> when it is no mark, or another host's.
    /// </returns>
    public static (SandboxId Id, string ContainerId, bool IsGiven)? Read(NetworkNamespace host, string? mark)
        => Read(mark, Own + NumberOf(host)) is { } own ? (own.Id, own.ContainerId, false)
            : Read(mark, Given + NumberOf(host)) is { } given ? (given.Id, given.ContainerId, true)
            : null;

    private static (SandboxId Id, string ContainerId)? Read(string? mark, string prefix)
    {
        if (mark?.StartsWith(prefix, StringComparison.Ordinal) != true || mark.IndexOf(':', prefix.Length) is var end && end < 0)
        {
            return null;
        }

        string id = mark[prefix.Length..end];
        return (new SandboxId(id), end + 1 < mark.Length ? mark[(end + 1)..] : id);
    }

    // The host is part of it, because hosts may share a folder.
    private static string NumberOf(NetworkNamespace host) => $"{host.Identity.Inode}:";
}
