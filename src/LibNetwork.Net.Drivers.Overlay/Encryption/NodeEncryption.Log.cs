using Microsoft.Extensions.Logging;

namespace LibNetwork.Drivers.Overlay.Encryption;

internal sealed partial class NodeEncryption
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.RollbackIncomplete, LogLevel.Error, "A step of {Subject} could not be taken back.", EventName = nameof(RollbackIncomplete))]
        public static partial void RollbackIncomplete(ILogger logger, Exception exception, string subject);

        [LoggerMessage(EventIds.KeyBegun, LogLevel.Information, "Encrypted overlay networks have a new key, on interface {InterfaceName}.", EventName = nameof(KeyBegun))]
        public static partial void KeyBegun(ILogger logger, InterfaceName interfaceName);

        [LoggerMessage(EventIds.KeyEnded, LogLevel.Information, "The key on interface {InterfaceName} is gone.", EventName = nameof(KeyEnded))]
        public static partial void KeyEnded(ILogger logger, InterfaceName interfaceName);

        [LoggerMessage(
            EventIds.KeysNotFollowed, LogLevel.Error, "Keys of encrypted overlay networks stay as they are for now; it is tried again.", EventName = nameof(KeysNotFollowed))]
        public static partial void KeysNotFollowed(ILogger logger, Exception exception);
    }
}
