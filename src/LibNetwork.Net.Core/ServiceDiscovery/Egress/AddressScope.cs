namespace LibNetwork.ServiceDiscovery.Egress;

/// <summary>What an address is to the world.</summary>
internal enum AddressScope
{
    /// <summary>Anybody's.</summary>
    Public,

    /// <summary>One of a network that is not the internet.</summary>
    Private,

    /// <summary>One that no name may lead to: the machine itself, its link, its provider's metadata, a group.</summary>
    Closed,
}
