using LibNetwork.Controller.Outlining;

namespace LibNetwork.Controller;

/// <content>The endpoint in short.</content>
internal sealed partial class Endpoint
{
    public OutlinedEndpoint ToOutline() => new(Id, Owner.Id, State.SandboxId, Name, State.Created, State.PublishedPorts.Count > 0)
    {
        Addresses =
        [
            .. _poolIPv4 is { } pool4 && State.IPv4 is { } ipv4 ? (OutlinedAddress[])[new OutlinedAddress(pool4, ipv4.Address)] : [],
            .. _poolIPv6 is { } pool6 && State.IPv6 is { } ipv6 ? (OutlinedAddress[])[new OutlinedAddress(pool6, ipv6.Address)] : [],
        ],
    };
}
