namespace LibNetwork.Linux.Rtnetlink;

/// <summary>Counters of a link since it was made (<c>struct rtnl_link_stats64</c>).</summary>
/// <param name="ReceivedBytes">Bytes in.</param>
/// <param name="ReceivedPackets">Packets in.</param>
/// <param name="ReceiveErrors">Packets in that were broken.</param>
/// <param name="ReceiveDropped">Packets in that were dropped.</param>
/// <param name="SentBytes">Bytes out.</param>
/// <param name="SentPackets">Packets out.</param>
/// <param name="SendErrors">Packets out that failed.</param>
/// <param name="SendDropped">Packets out that were dropped.</param>
public sealed record LinkStatistics(
    ulong ReceivedBytes, ulong ReceivedPackets, ulong ReceiveErrors, ulong ReceiveDropped,
    ulong SentBytes, ulong SentPackets, ulong SendErrors, ulong SendDropped);
