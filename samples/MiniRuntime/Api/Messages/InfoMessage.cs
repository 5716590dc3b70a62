using System.Text.Json.Serialization;

namespace MiniRuntime.Api.Messages;

/// <summary>The engine and its machine (<c>docker info</c>).</summary>
internal sealed record InfoMessage
{
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string ServerVersion { get; init; }

    public int Containers { get; init; }

    public int ContainersRunning { get; init; }

    public int ContainersPaused { get; init; }

    public int ContainersStopped { get; init; }

    public required int Images { get; init; }

    public string Driver { get; init; } = "overlay";

    public IReadOnlyList<IReadOnlyList<string>> DriverStatus { get; init; } = [];

    public required PluginsMessage Plugins { get; init; }

    public string LoggingDriver { get; init; } = "json-file";

    public string CgroupDriver { get; init; } = "none";

    public string CgroupVersion { get; init; } = "2";

    public bool IPv4Forwarding { get; init; }

    public bool BridgeNfIptables { get; init; }

    public bool BridgeNfIp6tables { get; init; }

    public bool Debug { get; init; }

    public required int NEventsListener { get; init; }

    public required string SystemTime { get; init; }

    public required string KernelVersion { get; init; }

    public required string OperatingSystem { get; init; }

    [JsonPropertyName("OSType")]
    public string OsType { get; init; } = "linux";

    public required string Architecture { get; init; }

    [JsonPropertyName("NCPU")]
    public required int Processors { get; init; }

    [JsonPropertyName("MemTotal")]
    public required long Memory { get; init; }

    public required string DockerRootDir { get; init; }

    public string IndexServerAddress { get; init; } = string.Empty;

    public IReadOnlyList<string> Labels { get; init; } = [];

    public bool ExperimentalBuild { get; init; }

    public IReadOnlyDictionary<string, RuntimeMessage> Runtimes { get; init; } = new Dictionary<string, RuntimeMessage> { ["minirt"] = new("minirt") };

    public string DefaultRuntime { get; init; } = "minirt";

    public SwarmMessage Swarm { get; init; } = new("inactive");

    /// <summary>Whether containers outlive the engine.</summary>
    public bool LiveRestoreEnabled { get; init; } = true;

    public string InitBinary { get; init; } = string.Empty;

    public IReadOnlyList<string> SecurityOptions { get; init; } = [];

    public IReadOnlyList<string> Warnings { get; init; } = ["WARNING: This is a sample: it limits no resources and confines no system calls."];
}
