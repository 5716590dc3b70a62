using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

internal sealed partial class ClusterNode
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.NodeJoined, LogLevel.Information, "Node {Name} has joined its cluster as {Id}.", EventName = nameof(Joined))]
        public static partial void Joined(ILogger logger, string name, NodeId id);

        [LoggerMessage(EventIds.NodeCutOff, LogLevel.Warning, "Node {Name} is cut off from its cluster: others see it gone, what it holds stays its own.", EventName = nameof(CutOff))]
        public static partial void CutOff(ILogger logger, string name);

        [LoggerMessage(EventIds.NodeReconnected, LogLevel.Information, "Node {Name} is connected to its cluster again.", EventName = nameof(Reconnected))]
        public static partial void Reconnected(ILogger logger, string name);

        [LoggerMessage(EventIds.HoldingLost, LogLevel.Error, "Node {Name} was cut off for so long that what it held in its cluster is not its own any more.", EventName = nameof(HoldingLost))]
        public static partial void HoldingLost(ILogger logger, string name);

        [LoggerMessage(EventIds.NodeLeft, LogLevel.Information, "Node {Name} has left its cluster.", EventName = nameof(Left))]
        public static partial void Left(ILogger logger, string name);

        [LoggerMessage(EventIds.NodeStillCutOff, LogLevel.Debug, "Node {Name} is still cut off from its cluster.", EventName = nameof(StillCutOff))]
        public static partial void StillCutOff(ILogger logger, Exception failure, string name);
    }
}
