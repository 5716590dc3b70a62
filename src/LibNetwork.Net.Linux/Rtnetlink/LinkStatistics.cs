namespace LibNetwork.Linux.Rtnetlink;

/// <summary>What a link has counted since it was created.</summary>
public sealed record LinkStatistics
{
    /// <summary>Packets received.</summary>
    public ulong ReceivedPackets { get; init; }

    /// <summary>Packets sent.</summary>
    public ulong SentPackets { get; init; }

    /// <summary>Bytes received.</summary>
    public ulong ReceivedBytes { get; init; }

    /// <summary>Bytes sent.</summary>
    public ulong SentBytes { get; init; }

    /// <summary>Packets that arrived broken.</summary>
    public ulong ReceiveErrors { get; init; }

    /// <summary>Packets that could not be sent.</summary>
    public ulong SendErrors { get; init; }

    /// <summary>Packets that arrived well and were dropped.</summary>
    public ulong ReceiveDropped { get; init; }

    /// <summary>Packets that were dropped on their way out.</summary>
    public ulong SendDropped { get; init; }
}
