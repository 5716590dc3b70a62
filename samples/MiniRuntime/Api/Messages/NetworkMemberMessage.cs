using System.Text.Json.Serialization;
using MiniRuntime.Engine.Containers;

namespace MiniRuntime.Api.Messages;

/// <summary>A container on a network.</summary>
internal sealed record NetworkMemberMessage
{
    public required string Name { get; init; }

    [JsonPropertyName("EndpointID")]
    public required string EndpointId { get; init; }

    public required string MacAddress { get; init; }

    public required string IPv4Address { get; init; }

    public required string IPv6Address { get; init; }

    public static NetworkMemberMessage Of(NetworkMember member) => new()
    {
        Name = member.ContainerName,
        EndpointId = member.EndpointId,
        MacAddress = member.MacAddress,
        IPv4Address = member.IPv4Address,
        IPv6Address = member.IPv6Address,
    };
}
