using LibNetwork.Drivers.Parents;

namespace LibNetwork.Drivers.Macvlan;

/// <summary>The options of a macvlan network, as Docker calls them.</summary>
public static class MacvlanLabels
{
    /// <summary>The host's interface whose wire the network is on, or <c>INTERFACE.VLAN</c>, which is made when it is not there.</summary>
    /// <value>Without it the network is on no wire: its parent is a dummy, and it is internal.</value>
    public const string Parent = ParentOptions.ParentLabel;

    /// <summary>How endpoints reach each other: <c>bridge</c>, <c>private</c>, <c>vepa</c> or <c>passthru</c>.</summary>
    /// <value>The default is <c>bridge</c>.</value>
    public const string Mode = "macvlan_mode";

    /// <summary>Whether the host and the endpoints reach each other (bool), which they do not by the parent itself. Ours; Docker has no such label.</summary>
    /// <value>
    /// The default is <c>false</c>. With it a pool reserves an address for the host by the name <c>host</c>, and the host has an interface of its own on the
    /// parent while the network lives, with that address alone and a route to each joined endpoint. Only where endpoints reach each other. The firewall lets nothing pass through the host by it.
    /// </value>
    public const string HostAccess = ParentOptions.HostAccessLabel;
}
