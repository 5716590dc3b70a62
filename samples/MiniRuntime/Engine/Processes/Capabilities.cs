using System.Globalization;

namespace MiniRuntime.Engine.Processes;

/// <summary>Which capabilities a container may have at most.</summary>
internal static class Capabilities
{
    private const string Prefix = "CAP_";
    private const string All = "ALL";
    private const string BoundLine = "CapBnd:";

    // By number, from linux/capability.h.
    private static readonly string[] Names =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT",
        "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
        "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ",
        "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    private static readonly string[] Default =
    [
        "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP", "NET_BIND_SERVICE",
        "SYS_CHROOT", "KILL", "AUDIT_WRITE",
    ];

    /// <summary>The capabilities of a container by number, those left out that the engine itself lacks.</summary>
    /// <exception cref="EngineException">400: no such capability.</exception>
    public static IReadOnlyList<int> Bound(bool privileged, IReadOnlyList<string> add, IReadOnlyList<string> drop)
    {
        HashSet<string> added = Parse(add, "CapAdd"), dropped = Parse(drop, "CapDrop");
        IEnumerable<string> start = privileged || added.Contains(All) ? Names : dropped.Contains(All) ? [] : Default;
        HashSet<string> wanted = [.. start.Except(dropped), .. added];
        ulong own = Own();
        return [.. Enumerable.Range(0, Names.Length).Where(number => wanted.Contains(Names[number]) && (own >> number & 1) != 0)];
    }

    /// <summary>As <c>setpriv</c> writes it.</summary>
    public static string ToText(IEnumerable<int> capabilities)
        => string.Concat("-all", string.Concat(capabilities.Select(number => $",+{Names[number].ToLowerInvariant()}")));

    private static HashSet<string> Parse(IReadOnlyList<string> names, string field)
    {
        HashSet<string> parsed = [];
        foreach (string name in names)
        {
            string upper = name.ToUpperInvariant();
            string bare = upper.StartsWith(Prefix, StringComparison.Ordinal) ? upper[Prefix.Length..] : upper;
            parsed.Add(bare == All || Names.Contains(bare)
                ? bare
                : throw EngineException.BadRequest($"invalid {field}: unknown capability: \"{Prefix}{bare}\""));
        }

        return parsed;
    }

    private static ulong Own()
    {
        string line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith(BoundLine, StringComparison.Ordinal));
        return ulong.Parse(line.AsSpan(BoundLine.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
