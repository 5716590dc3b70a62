namespace LibNetwork.Controller.Outlining;

/// <summary>An endpoint in short.</summary>
internal sealed record OutlinedEndpoint(EndpointId Id, NetworkId NetworkId, SandboxId? SandboxId, string Name, DateTimeOffset Created, bool PublishesPorts)
{
    public IReadOnlyList<OutlinedAddress> Addresses { get; init; } = [];
}
