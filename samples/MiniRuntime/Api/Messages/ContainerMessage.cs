using MiniRuntime.Engine.Model;

namespace MiniRuntime.Api.Messages;

/// <summary>All about a container (<c>docker inspect</c>).</summary>
internal sealed record ContainerMessage
{
    public required string Id { get; init; }

    public required string Created { get; init; }

    public required string Path { get; init; }

    public required IReadOnlyList<string> Args { get; init; }

    public required ContainerStateMessage State { get; init; }

    public required string Image { get; init; }

    public required string ResolvConfPath { get; init; }

    public required string HostnamePath { get; init; }

    public required string HostsPath { get; init; }

    public string LogPath => string.Empty;

    public required string Name { get; init; }

    public int RestartCount => 0;

    public string Driver => "overlayfs";

    public string Platform => "linux";

    public required HostConfig HostConfig { get; init; }

    public IReadOnlyList<EmptyObject> Mounts => [];

    public required ContainerConfig Config { get; init; }

    public required ContainerNetworkMessage NetworkSettings { get; init; }
}
