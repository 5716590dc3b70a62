using MiniRuntime.Engine.Model;

namespace MiniRuntime.Api.Messages;

/// <summary>A container that is to be connected to a network.</summary>
internal sealed record NetworkConnectRequest
{
    public string? Container { get; init; }

    public EndpointSettings? EndpointConfig { get; init; }
}
