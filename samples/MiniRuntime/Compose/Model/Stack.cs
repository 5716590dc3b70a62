namespace MiniRuntime.Compose.Model;

/// <summary>What a stack file asks for.</summary>
internal sealed record Stack
{
    /// <summary>The project's name, when the file gives one.</summary>
    public string? Name { get; init; }

    /// <summary>In the order of the file.</summary>
    public required IReadOnlyList<Service> Services { get; init; }

    /// <summary>Every network that a service uses, the default one among them, and those that are only declared.</summary>
    public required IReadOnlyList<StackNetwork> Networks { get; init; }
}
