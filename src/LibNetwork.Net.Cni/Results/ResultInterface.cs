namespace LibNetwork.Cni.Results;

/// <summary>An interface on the host or in the container.</summary>
internal sealed record ResultInterface
{
    public required string Name { get; init; }

    public string? Mac { get; init; }

    /// <summary>In bytes; since version 1.1.0.</summary>
    public int? Mtu { get; init; }

    /// <summary>The path of the container's namespace; <see langword="null"/> on the host.</summary>
    public string? Sandbox { get; init; }

    public string? SocketPath { get; init; }

    public string? PciID { get; init; }
}
