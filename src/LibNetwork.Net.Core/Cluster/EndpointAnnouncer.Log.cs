using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

internal sealed partial class EndpointAnnouncer
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.NotAnnounced, LogLevel.Debug, "Other nodes have not been told yet what is joined here; they will be when the cluster's store is reached.", EventName = nameof(NotTold))]
        public static partial void NotTold(ILogger logger, Exception failure);

        [LoggerMessage(EventIds.AnnouncementRefused, LogLevel.Error, "Other nodes are not told of endpoint {Endpoint} on network {Network}, because the cluster's store does not take it.", EventName = nameof(Refused))]
        public static partial void Refused(ILogger logger, Exception failure, EndpointId endpoint, NetworkId network);

        [LoggerMessage(EventIds.StillAnnounced, LogLevel.Warning, "Endpoint {Endpoint} on network {Network} gives its addresses back although other nodes may not have heard yet that it is gone.", EventName = nameof(StillAnnounced))]
        public static partial void StillAnnounced(ILogger logger, EndpointId endpoint, NetworkId network);
    }
}
