using Microsoft.Extensions.Logging;

namespace LibNetwork.Cni.Attachments;

/// <summary>What a call says on the standard error beside its result.</summary>
internal static partial class HostLog
{
    [LoggerMessage(EventIds.NotRestored, LogLevel.Warning, "Something that an earlier call made could not be taken up; it stays for the next.", EventName = nameof(NotRestored))]
    public static partial void NotRestored(ILogger logger, Exception failure);

    [LoggerMessage(EventIds.NotGone, LogLevel.Warning, "Interfaces that were deleted are not gone after {Limit}; the next call goes on with it.", EventName = nameof(NotGone))]
    public static partial void NotGone(ILogger logger, TimeSpan limit);

    [LoggerMessage(EventIds.AllIsNeeded, LogLevel.Debug, "It failed with a part of the state; once more with all of it.", EventName = nameof(AllIsNeeded))]
    public static partial void AllIsNeeded(ILogger logger, Exception failure);

    [LoggerMessage(EventIds.NoOutline, LogLevel.Warning, "The state cannot be outlined; the next call takes longer.", EventName = nameof(NoOutline))]
    public static partial void NoOutline(ILogger logger, Exception failure);

    [LoggerMessage(EventIds.RollBackFailed, LogLevel.Error, "A step of rolling back {Subject} failed.", EventName = nameof(RollBackFailed))]
    public static partial void RollBackFailed(ILogger logger, Exception failure, string subject);
}
