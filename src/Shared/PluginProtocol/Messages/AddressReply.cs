namespace LibNetwork.Plugins.Protocol;

/// <summary>An address with its pool's prefix length.</summary>
internal sealed record AddressReply : Reply
{
    public string? Address { get; init; }

    public IReadOnlyDictionary<string, string>? Data { get; init; }
}
