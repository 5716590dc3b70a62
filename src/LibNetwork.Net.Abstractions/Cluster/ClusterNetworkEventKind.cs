namespace LibNetwork.Cluster;

/// <summary>What may happen to a network that hosts share. Values are stable; new ones may be added.</summary>
public enum ClusterNetworkEventKind
{
    /// <summary>Another node has created it, and this host has it now.</summary>
    Appeared = 0,

    /// <summary>It was deleted by another node, and this host does not have it any more.</summary>
    Gone = 1,

    /// <summary>A network of this host alone has its name: by that name that one is found, and this one only by its id, until the other is deleted.</summary>
    NameTaken = 2,

    /// <summary>This host cannot have it, for example because it lacks the driver. That is tried again now and then.</summary>
    NotTakenUp = 3,

    /// <summary>
    /// It was deleted while this host was away and had endpoints on it. These keep their interfaces and reach each other, no new ones are made, and
    /// with the last of them the network goes.
    /// </summary>
    Deserted = 4,

    /// <summary>The host was away for too long, and an endpoint's address is another's now. Delete the endpoint: two have that address.</summary>
    AddressLost = 5,
}
