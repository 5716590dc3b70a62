using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

internal sealed partial class RemoteFollowing
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.RemoteEndpointUnreadable, LogLevel.Warning, "The endpoint at {Key} in the cluster's store is left out, because it cannot be what it says.", EventName = nameof(LeftOut))]
        public static partial void LeftOut(ILogger logger, Exception wrong, string key);

        [LoggerMessage(EventIds.RemoteEndpointsNotApplied, LogLevel.Warning, "What network {Network} has on other nodes has changed, and could not be made known here yet.", EventName = nameof(NotApplied))]
        public static partial void NotApplied(ILogger logger, Exception failure, NetworkId network);
    }
}
