namespace LibNetwork;

/// <summary>What <see cref="INetworkController.RestoreAsync"/> found.</summary>
public sealed record RestoreReport
{
    /// <summary>How many networks are there again.</summary>
    public int Networks { get; init; }

    /// <summary>How many sandboxes are there again.</summary>
    public int Sandboxes { get; init; }

    /// <summary>How many endpoints are there again.</summary>
    public int Endpoints { get; init; }

    /// <summary>Whether only a part was taken up, because an outline of all was there; see <see cref="IScopedController"/>.</summary>
    public bool IsPartial { get; init; }

    /// <summary>How many further endpoints the network in scope has, which were not taken up; see <see cref="IScopedController"/>.</summary>
    public int Dormant { get; init; }

    /// <summary>What was removed, because it was half made, half removed, or its sandbox or interface is gone.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>What the store had lost and was put on record again from the kernel, one line each that says what is not known of it any more.</summary>
    public IReadOnlyList<string> Rebuilt { get; init; } = [];

    /// <summary>What carries the library's mark in the kernel and could not be put on record, one line each with the reason. It stays as it is.</summary>
    public IReadOnlyList<string> NotRebuilt { get; init; } = [];

    /// <summary>
    /// Where the state is that the store lost; <see langword="null"/> when it lost nothing. While the store says so (<see cref="Stores.LostState"/>)
    /// nothing that carries the library's mark in the kernel is removed, and it stays protected: it may live.
    /// </summary>
    public string? LostState { get; init; }

    /// <summary>What could not be restored and why. It stays in the store, and the next start tries again.</summary>
    public IReadOnlyList<NetworkException> Failures { get; init; } = [];
}
