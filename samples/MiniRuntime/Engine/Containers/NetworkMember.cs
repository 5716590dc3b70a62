namespace MiniRuntime.Engine.Containers;

/// <summary>A running container's place on a network, as <c>docker network inspect</c> lists it under Containers.</summary>
internal sealed record NetworkMember(
    string ContainerId, string ContainerName, string EndpointId, string MacAddress, string IPv4Address, string IPv6Address);
