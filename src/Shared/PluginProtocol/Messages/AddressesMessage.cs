namespace LibNetwork.Plugins.Protocol;

/// <summary>An interface's addresses; an empty text is one that is not set.</summary>
internal sealed record AddressesMessage
{
    public string? Address { get; init; }

    public string? AddressIPv6 { get; init; }

    public string? MacAddress { get; init; }
}
