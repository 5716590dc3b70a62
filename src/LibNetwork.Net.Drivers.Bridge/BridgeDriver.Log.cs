using Microsoft.Extensions.Logging;

namespace LibNetwork.Drivers.Bridge;

internal sealed partial class BridgeDriver
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.NetworkCreated, LogLevel.Information, "Bridge network {NetworkId} is up on {BridgeName}.", EventName = nameof(NetworkCreated))]
        public static partial void NetworkCreated(ILogger logger, NetworkId networkId, InterfaceName bridgeName);

        [LoggerMessage(EventIds.NetworkDeleted, LogLevel.Information, "Bridge network {NetworkId} on {BridgeName} is gone.", EventName = nameof(NetworkDeleted))]
        public static partial void NetworkDeleted(ILogger logger, NetworkId networkId, InterfaceName bridgeName);

        [LoggerMessage(EventIds.RollbackIncomplete, LogLevel.Error, "A step of {Subject} could not be taken back.", EventName = nameof(RollbackIncomplete))]
        public static partial void RollbackIncomplete(ILogger logger, Exception exception, string subject);

        [LoggerMessage(
            EventIds.BridgeAdopted, LogLevel.Information, "Bridge network {NetworkId} uses bridge {BridgeName}, which was there before.", EventName = nameof(BridgeAdopted))]
        public static partial void BridgeAdopted(ILogger logger, NetworkId networkId, InterfaceName bridgeName);

        [LoggerMessage(
            EventIds.ForwardingEnabled, LogLevel.Information, "Bridge network {NetworkId} turned {Parameter} on.", EventName = nameof(ForwardingEnabled))]
        public static partial void ForwardingEnabled(ILogger logger, NetworkId networkId, string parameter);

        [LoggerMessage(
            EventIds.HostInterfaceNameTaken, LogLevel.Debug, "Interface name {InterfaceName} for {Subject} is taken.", EventName = nameof(HostInterfaceNameTaken))]
        public static partial void HostInterfaceNameTaken(ILogger logger, InterfaceName interfaceName, string subject);
    }
}
