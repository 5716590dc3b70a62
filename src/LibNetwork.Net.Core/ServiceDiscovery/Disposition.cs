namespace LibNetwork.ServiceDiscovery;

/// <summary>What becomes of a message from a client.</summary>
internal enum Disposition
{
    /// <summary>Nothing is sent.</summary>
    Dropped,

    /// <summary>The answer is written.</summary>
    Answered,

    /// <summary>Somebody outside has to be asked.</summary>
    Forwarded,
}
