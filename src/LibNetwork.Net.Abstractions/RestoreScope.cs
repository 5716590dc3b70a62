namespace LibNetwork;

/// <summary>What a process is about that lives for one verb: one container on one network.</summary>
public sealed record RestoreScope
{
    /// <summary>The network's name.</summary>
    public required string Network { get; init; }

    /// <summary>The container.</summary>
    public required string ContainerId { get; init; }

    /// <summary>Whether ports of the host will be published, so that whoever has published ports must be known.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool PublishesPorts { get; init; }
}
