using LibNetwork.Drivers;

namespace LibNetwork.Drivers.Overlay;

/// <content>What all hosts of a network must agree on: the VXLAN network identifiers.</content>
internal sealed partial class OverlayDriver : INetworkIdentifierDriver
{
    public IReadOnlyList<string> GetIdentifiers(IReadOnlyDictionary<string, string> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return [.. OverlayNetworkOptions.Parse("network", options).Vnis.Select(static vni => $"vni {vni}")];
    }
}
