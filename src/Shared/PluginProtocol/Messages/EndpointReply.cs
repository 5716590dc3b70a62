namespace LibNetwork.Plugins.Protocol;

internal sealed record EndpointReply : Reply
{
    public AddressesMessage? Interface { get; init; }
}
