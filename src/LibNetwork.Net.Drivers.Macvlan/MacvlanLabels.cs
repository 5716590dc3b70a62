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
}
