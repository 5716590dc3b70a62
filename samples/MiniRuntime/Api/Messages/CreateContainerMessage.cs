using MiniRuntime.Engine.Model;

namespace MiniRuntime.Api.Messages;

/// <summary>A container as it is asked for: its configuration, and beside that the host's part and the networks'.</summary>
internal sealed record CreateContainerMessage : ContainerConfig
{
    public HostConfig? HostConfig { get; init; }

    public NetworkingConfigMessage? NetworkingConfig { get; init; }
}
