using LibNetwork.Cni.Configuration;
using LibNetwork.Cni.Errors;
using LibNetwork.Cni.Results;

namespace LibNetwork.Cni.Attachments;

/// <summary>Refuses what a configuration asks for and this plugin does not do, rather than to do less than is asked.</summary>
internal static class UnsupportedFields
{
    private const string OwnIpam = "libnetwork", KnownIpam = "host-local";

    /// <exception cref="CniException"><see cref="CniErrorCode.UnsupportedField"/>, with the field and its value.</exception>
    public static void Refuse(NetworkConfiguration configuration)
    {
        RefuseIf(configuration.PromiscMode, "promiscMode", "true", "hairpinMode does what it is usually wanted for");
        RefuseIf(configuration.ForceAddress, "forceAddress", "true", "remove the other address from the bridge");
        RefuseIf(configuration.DisableContainerInterface, "disableContainerInterface", "true");
        RefuseIf(configuration.Vlan != 0, "vlan", $"{configuration.Vlan}");
        RefuseIf(configuration.HasVlanTrunk, "vlanTrunk", "not empty");
        RefuseIf(configuration.IpMasqBackend is not (null or "" or "nftables"), "ipMasqBackend", $"\"{configuration.IpMasqBackend}\"", "only nftables is used");
        RefuseIf(
            configuration.Ipam?.Type is not (null or "" or OwnIpam or KnownIpam), "ipam.type", $"\"{configuration.Ipam?.Type}\"",
            $"addresses are given out by this plugin itself; say {OwnIpam}, or {KnownIpam}, whose fields it understands");
        foreach (ResultRoute route in configuration.Ipam?.Routes ?? [])
        {
            RefuseIf(
                (route.Mtu ?? route.Advmss ?? route.Priority ?? route.Table ?? route.Scope) is not null,
                "ipam.routes", $"mtu, advmss, priority, table or scope for {route.Dst}");
        }
    }

    private static void RefuseIf(bool isAsked, string field, string value, string? remedy = null)
    {
        if (isAsked)
        {
            throw new CniException(CniErrorCode.UnsupportedField, $"{field} is {value}, which this plugin does not support", remedy);
        }
    }
}
