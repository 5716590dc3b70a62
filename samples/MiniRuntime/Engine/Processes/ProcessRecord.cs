using System.Text.Json;

namespace MiniRuntime.Engine.Processes;

/// <summary>What an engine has to know of a container's process to take it up again; kept in the container's folder.</summary>
/// <param name="Boot">The machine's boot, without which ids say nothing.</param>
/// <param name="Keeper">The process that waits for the first one and notes its exit code.</param>
/// <param name="First">The container's process 1.</param>
internal sealed record ProcessRecord(
    string Boot, ProcessIdentity Keeper, ProcessIdentity First, bool Terminal, bool OpenInput, string WorkingDirectory)
{
    public static string CurrentBoot { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    public void Write(string path) => AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, ProcessJson.Default.ProcessRecord));

    public static ProcessRecord? Read(string path)
        => File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ProcessJson.Default.ProcessRecord) : null;
}
