namespace LibNetwork.Plugins.Protocol;

internal sealed record AddressSpacesReply : Reply
{
    public string? LocalDefaultAddressSpace { get; init; }

    public string? GlobalDefaultAddressSpace { get; init; }
}
