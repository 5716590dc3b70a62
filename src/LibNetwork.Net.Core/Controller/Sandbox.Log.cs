using Microsoft.Extensions.Logging;

namespace LibNetwork.Controller;

internal sealed partial class Sandbox
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.GatewayEndpointStays, LogLevel.Warning, "The sandbox of container {ContainerId} could not leave the automatic gateway network, which it no longer needs; its next change tries again.", EventName = nameof(GatewayEndpointStays))]
        public static partial void GatewayEndpointStays(ILogger logger, Exception exception, string containerId);
    }
}
