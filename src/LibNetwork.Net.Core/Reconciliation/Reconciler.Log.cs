using Microsoft.Extensions.Logging;

namespace LibNetwork.Reconciliation;

internal sealed partial class Reconciler
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.Repaired, LogLevel.Warning, "{Subject} is repaired; {Count} things were not as they should be, such as: {Finding}.", EventName = nameof(Repaired))]
        public static partial void Repaired(ILogger logger, string subject, int count, Finding finding);

        [LoggerMessage(EventIds.RepairFailed, LogLevel.Error, "{Subject} could not be compared or repaired; the next try is at {NextTry}.", EventName = nameof(RepairFailed))]
        public static partial void RepairFailed(ILogger logger, Exception? failure, string subject, DateTimeOffset nextTry);

        [LoggerMessage(EventIds.RepairSuspended, LogLevel.Error, "Somebody undoes each repair of {Subject}; it is left alone until {NextTry}: {Finding}.", EventName = nameof(RepairSuspended))]
        public static partial void RepairSuspended(ILogger logger, string subject, DateTimeOffset nextTry, Finding finding);

        [LoggerMessage(EventIds.LeftAlone, LogLevel.Warning, "Something about {Subject} is not as it should be and not this library's to repair: {Finding}.", EventName = nameof(LeftAlone))]
        public static partial void LeftAlone(ILogger logger, string subject, Finding finding);

        [LoggerMessage(EventIds.ChangesLost, LogLevel.Debug, "More happened than the kernel keeps notifications of; everything is compared.", EventName = nameof(ChangesLost))]
        public static partial void ChangesLost(ILogger logger);

        [LoggerMessage(EventIds.WatchingFailed, LogLevel.Error, "What happens in the kernel could not be read; everything is compared, and the watching goes on.", EventName = nameof(WatchingFailed))]
        public static partial void WatchingFailed(ILogger logger, Exception exception);

        [LoggerMessage(EventIds.SandboxesNotWatched, LogLevel.Warning, "Without CAP_NET_BROADCAST what happens inside sandboxes is not heard, and so not repaired.", EventName = nameof(SandboxesNotWatched))]
        public static partial void SandboxesNotWatched(ILogger logger);
    }
}
