namespace LibNetwork.Cni.Configuration;

/// <summary>Arguments that every plugin may heed.</summary>
internal sealed record CommonArguments
{
    public IReadOnlyList<string>? Ips { get; init; }

    public string? Mac { get; init; }
}
