using Microsoft.Extensions.Logging;

namespace LibNetwork.Drivers.Overlay;

internal sealed partial class OverlayDriver
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.NetworkCreated, LogLevel.Information, "Overlay network {NetworkId} has the VNIs {Vnis}.", EventName = nameof(NetworkCreated))]
        public static partial void NetworkCreated(ILogger logger, NetworkId networkId, string vnis);

        [LoggerMessage(EventIds.NetworkDeleted, LogLevel.Information, "Overlay network {NetworkId} is gone.", EventName = nameof(NetworkDeleted))]
        public static partial void NetworkDeleted(ILogger logger, NetworkId networkId);

        [LoggerMessage(EventIds.RollbackIncomplete, LogLevel.Error, "A step of {Subject} could not be taken back.", EventName = nameof(RollbackIncomplete))]
        public static partial void RollbackIncomplete(ILogger logger, Exception exception, string subject);

        [LoggerMessage(EventIds.SegmentsBuilt, LogLevel.Information, "Overlay network {NetworkId} is up on {BridgeName} with an MTU of {Mtu}.", EventName = nameof(SegmentsBuilt))]
        public static partial void SegmentsBuilt(ILogger logger, NetworkId networkId, InterfaceName bridgeName, uint mtu);

        [LoggerMessage(EventIds.SegmentsGone, LogLevel.Information, "Overlay network {NetworkId} has no endpoint here any more.", EventName = nameof(SegmentsGone))]
        public static partial void SegmentsGone(ILogger logger, NetworkId networkId);

        [LoggerMessage(
            EventIds.HostInterfaceNameTaken, LogLevel.Debug, "Interface name {InterfaceName} for {Subject} is taken.", EventName = nameof(HostInterfaceNameTaken))]
        public static partial void HostInterfaceNameTaken(ILogger logger, InterfaceName interfaceName, string subject);

        [LoggerMessage(EventIds.MtuChanged, LogLevel.Information, "The routes to the peers of {Subject} leave an MTU of {Mtu} now.", EventName = nameof(MtuChanged))]
        public static partial void MtuChanged(ILogger logger, string subject, uint mtu);

        [LoggerMessage(
            EventIds.UnderlayNotRead, LogLevel.Error, "The routes to peers could not be read; MTUs stay as they are until the next change.", EventName = nameof(UnderlayNotRead))]
        public static partial void UnderlayNotRead(ILogger logger, Exception exception);

        [LoggerMessage(
            EventIds.PeersTakenUp, LogLevel.Information, "Overlay network {NetworkId} has {Count} peers of an earlier process.", EventName = nameof(PeersTakenUp))]
        public static partial void PeersTakenUp(ILogger logger, NetworkId networkId, int count);
    }
}
