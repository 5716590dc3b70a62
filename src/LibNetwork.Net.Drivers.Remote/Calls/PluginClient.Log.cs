using Microsoft.Extensions.Logging;

namespace LibNetwork.Drivers.Remote;

internal sealed partial class PluginClient
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.PluginAwaited, LogLevel.Debug, "Plugin {Plugin} is not there yet: {Problem}. Next try in {Pause}.", EventName = nameof(PluginAwaited))]
        public static partial void PluginAwaited(ILogger logger, string plugin, string problem, TimeSpan pause);

        [LoggerMessage(
            EventIds.CertificateUnchecked, LogLevel.Warning, "The certificate of plugin {Plugin} at {Address} is not checked: its file names no CAFile, or says so.",
            EventName = nameof(CertificateUnchecked))]
        public static partial void CertificateUnchecked(ILogger logger, string plugin, PluginAddress address);
    }
}
