using System.Text;
using LibNetwork.Linux.Namespaces;

namespace LibNetwork.Sandboxes;

/// <summary>The note on a sandbox's loopback interface: which host's it is, its id, and its container's.</summary>
internal static class SandboxMark
{
    private const string Prefix = "libnetwork:sandbox:";
    private const int MaxBytes = 255;   // IFALIASZ less the end

    public static string Of(NetworkNamespace host, SandboxState state)
    {
        string mark = $"{HostPrefix(host)}{state.Id}:";
        return Encoding.UTF8.GetByteCount(mark) + Encoding.UTF8.GetByteCount(state.ContainerId) <= MaxBytes ? mark + state.ContainerId : mark;
    }

    /// <summary>Reads a mark.</summary>
    /// <returns>The sandbox's id and its container's, or <see langword="null"/> when it is no mark, or another host's.</returns>
    public static (SandboxId Id, string ContainerId)? Read(NetworkNamespace host, string? mark)
    {
        string prefix = HostPrefix(host);
        if (mark?.StartsWith(prefix, StringComparison.Ordinal) != true || mark.IndexOf(':', prefix.Length) is var end && end < 0)
        {
            return null;
        }

        string id = mark[prefix.Length..end];
        return (new SandboxId(id), end + 1 < mark.Length ? mark[(end + 1)..] : id);
    }

    // The host is part of it, because hosts may share a folder.
    private static string HostPrefix(NetworkNamespace host) => $"{Prefix}{host.Identity.Inode}:";
}
