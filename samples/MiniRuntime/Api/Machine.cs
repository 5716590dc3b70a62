using System.Runtime.InteropServices;

namespace MiniRuntime.Api;

/// <summary>The machine, in the words of the Docker Engine API.</summary>
internal static class Machine
{
    private const string NameKey = "PRETTY_NAME=";

    public static string KernelVersion { get; } = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    public static string OperatingSystem { get; } = File.Exists("/etc/os-release")
        ? File.ReadLines("/etc/os-release").FirstOrDefault(line => line.StartsWith(NameKey, StringComparison.Ordinal))?[NameKey.Length..].Trim('"')
            ?? "Linux"
        : "Linux";

    /// <summary>The processor's architecture as Go calls it.</summary>
    public static string GoArchitecture { get; } = RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.X86 => "386",
        Architecture other => other.ToString().ToLowerInvariant(),
    };

    /// <summary>The processor's architecture as the kernel calls it.</summary>
    public static string KernelArchitecture { get; } = RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "x86_64",
        Architecture.X86 => "i686",
        Architecture.Arm64 => "aarch64",
        Architecture other => other.ToString().ToLowerInvariant(),
    };

    /// <summary>The memory, in bytes.</summary>
    public static long Memory { get; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
}
