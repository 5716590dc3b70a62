namespace LibNetwork.Reconciliation;

/// <summary>One difference between what should be in the kernel and what is.</summary>
public sealed record Finding
{
    /// <summary>What it is about.</summary>
    public required FindingKind Kind { get; init; }

    /// <summary>The object, for example <c>network "web"</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>What should be, for example <c>interface "br-web" is up</c>.</summary>
    public required string Wanted { get; init; }

    /// <summary>What is.</summary>
    public required string Found { get; init; }

    /// <summary>What helps when nothing repairs it; <see langword="null"/> when the next comparison repairs it.</summary>
    public string? Remedy { get; init; }

    /// <summary>Whether it can be repaired without touching what is not the controller's.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool CanBeRepaired { get; init; } = true;

    /// <summary>The network, when it is about one.</summary>
    public NetworkId? NetworkId { get; init; }

    /// <summary>The endpoint, when it is about one.</summary>
    public EndpointId? EndpointId { get; init; }

    /// <summary>The sandbox, when it is about one.</summary>
    public SandboxId? SandboxId { get; init; }

    /// <summary>The finding as a sentence.</summary>
    public override string ToString()
        => Remedy is null ? $"{Subject}: wanted {Wanted}, found {Found}" : $"{Subject}: wanted {Wanted}, found {Found}; {Remedy}";
}
