using System.Globalization;
using LibNetwork.Linux.Features;

namespace MiniRuntime;

/// <summary>What MiniRuntime needs of the machine: two capabilities, a kernel with bridges, and programs of every distribution's base system.</summary>
internal static class Requirements
{
    private const string CapabilityLine = "CapEff:";

    private static readonly (string Name, int Bit)[] Capabilities = [("CAP_NET_ADMIN", 12), ("CAP_SYS_ADMIN", 21)];
    private static readonly string[] Programs = ["setsid", "unshare", "nsenter", "mount", "sh", "sleep", "cat"];

    /// <summary>What is missing, as a sentence; <see langword="null"/> when nothing is.</summary>
    public static string? Missing() => MissingCapabilities() ?? MissingPrograms() ?? MissingFeatures();

    private static string? MissingCapabilities()
    {
        string line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith(CapabilityLine, StringComparison.Ordinal));
        ulong effective = ulong.Parse(line.AsSpan(CapabilityLine.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        string[] missing = [.. Capabilities.Where(capability => (effective >> capability.Bit & 1) == 0).Select(capability => capability.Name)];
        return missing.Length == 0
            ? null
            : $"MiniRuntime makes namespaces, and this process may not: it lacks {string.Join(" and ", missing)}. Run it as root, for example with sudo.";
    }

    private static string? MissingPrograms()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':');
        string[] missing = [.. Programs.Where(program => !folders.Any(folder => File.Exists(Path.Combine(folder, program))))];
        return missing.Length == 0 ? null : $"MiniRuntime needs {string.Join(", ", missing)} in the PATH; install the packages util-linux and coreutils.";
    }

    private static string? MissingFeatures()
        => new[] { KernelFeature.Bridge, KernelFeature.Veth }.FirstOrDefault(feature => !feature.IsSupported) is { } missing
            ? $"MiniRuntime cannot run here: {missing.Reason}."
            : null;
}
