using System.Text.Json.Serialization.Metadata;
using LibNetwork.Plugins.Protocol;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Drivers.Remote;

/// <content>Calls with what takes them back.</content>
internal sealed partial class RemoteNetworkDriver
{
    /// <summary>Asks the plugin to build something.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="request">What it is about.</param>
    /// <param name="requestType">How the request is written.</param>
    /// <param name="replyType">How the answer is read.</param>
    /// <param name="takeBack">The verb's opposite: on the stack once the plugin may have built it.</param>
    /// <param name="undo">The caller's roll-back.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    private async ValueTask<TReply> AskAsync<TRequest, TReply>(
        string verb, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, (string Verb, ReferenceMessage Of) takeBack, UndoStack undo,
        CancellationToken cancellationToken)
        where TRequest : class
        where TReply : Reply
    {
        async ValueTask TakeBackAsync() => await _plugin.CallAsync(
            takeBack.Verb, takeBack.Of, PluginJson.Default.ReferenceMessage, PluginJson.Default.Reply, CancellationToken.None).ConfigureAwait(false);
        try
        {
            TReply reply = await _plugin.CallAsync(verb, request, requestType, replyType, cancellationToken).ConfigureAwait(false);
            undo.Push(TakeBackAsync);
            return reply;
        }
        catch (Exception failure) when (failure is not PluginException { Outcome: not CallOutcome.Unknown })
        {
            undo.Push(TakeBackAsync);
            throw;
        }
    }

    /// <summary>Asks the plugin to take something away. What an earlier process asked for, the plugin need not have any more.</summary>
    private async ValueTask TakeAwayAsync(string verb, ReferenceMessage of, string subject, bool isRestored, CancellationToken cancellationToken)
    {
        try
        {
            await _plugin.CallAsync(verb, of, PluginJson.Default.ReferenceMessage, PluginJson.Default.Reply, cancellationToken).ConfigureAwait(false);
        }
        catch (PluginException refusal) when (isRestored && refusal.Outcome == CallOutcome.Refused)
        {
            Log.RestoredObjectUnknown(_logger, subject, verb, refusal.Message);
        }
    }

    private async ValueTask RollBackAsync(UndoStack undo, string subject)
    {
        foreach (Exception failure in await undo.RollBackAsync().ConfigureAwait(false))
        {
            Log.RollbackIncomplete(_logger, failure, Name, subject);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventIds.DescriptionRefused, LogLevel.Warning, "Plugin {Plugin} does not describe {Subject}: {Problem}", EventName = nameof(DescriptionRefused))]
        public static partial void DescriptionRefused(ILogger logger, string plugin, string subject, string problem);

        [LoggerMessage(
            EventIds.RestoredObjectUnknown, LogLevel.Warning, "{Subject} is from an earlier process, and counts as gone although {Verb} was refused: {Problem}",
            EventName = nameof(RestoredObjectUnknown))]
        public static partial void RestoredObjectUnknown(ILogger logger, string subject, string verb, string problem);

        [LoggerMessage(EventIds.RollbackIncomplete, LogLevel.Error, "Plugin {Plugin} did not take back {Subject}.", EventName = nameof(RollbackIncomplete))]
        public static partial void RollbackIncomplete(ILogger logger, Exception exception, string plugin, string subject);

        [LoggerMessage(
            EventIds.PortMapUnreadable, LogLevel.Warning, "Plugin {Plugin} describes published ports of {Subject} that make no sense: {Problem}", EventName = nameof(PortMapUnreadable))]
        public static partial void PortMapUnreadable(ILogger logger, string plugin, string subject, string problem);
    }
}
