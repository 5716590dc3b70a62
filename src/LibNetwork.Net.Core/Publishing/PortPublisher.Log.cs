using Microsoft.Extensions.Logging;

namespace LibNetwork.Publishing;

internal sealed partial class PortPublisher
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.PublishingRollBackFailed, LogLevel.Error, "A port of {Subject} could not be taken back.", EventName = nameof(RollBackFailed))]
        public static partial void RollBackFailed(ILogger logger, Exception exception, string subject);
    }
}
