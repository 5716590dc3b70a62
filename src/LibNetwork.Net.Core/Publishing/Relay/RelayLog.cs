using System.Net;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Publishing.Relay;

internal static partial class RelayLog
{
    [LoggerMessage(EventIds.RelayAcceptFailed, LogLevel.Warning, "A connection for {Target} could not be accepted.", EventName = nameof(AcceptFailed))]
    public static partial void AcceptFailed(ILogger logger, Exception exception, IPEndPoint target);

    [LoggerMessage(EventIds.RelayConnectionFailed, LogLevel.Debug, "A relayed connection to {Target} broke.", EventName = nameof(ConnectionFailed))]
    public static partial void ConnectionFailed(ILogger logger, Exception exception, IPEndPoint target);

    [LoggerMessage(EventIds.RelayDatagramLost, LogLevel.Debug, "A relayed datagram for or from {Target} was lost.", EventName = nameof(DatagramLost))]
    public static partial void DatagramLost(ILogger logger, Exception exception, IPEndPoint target);
}
