using Microsoft.Extensions.Logging;

namespace LibNetwork.Controller;

public sealed partial class NetworkController
{
    internal static void LogRestored(ILogger logger, RestoreReport report)
    {
        Log.Restored(logger, report.Networks, report.Sandboxes, report.Endpoints, report.Removed.Count, report.Failures.Count);
        foreach (NetworkException failure in report.Failures)
        {
            Log.NotRestored(logger, failure);
        }

        foreach (string rebuilt in report.Rebuilt)
        {
            Log.Rebuilt(logger, rebuilt);
        }

        foreach (string unknown in report.NotRebuilt)
        {
            Log.NotRebuilt(logger, unknown);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.Restored, LogLevel.Information, "Restored {Networks} networks, {Sandboxes} sandboxes and {Endpoints} endpoints; removed {Removed} remains; {Failures} failures.", EventName = nameof(Restored))]
        public static partial void Restored(ILogger logger, int networks, int sandboxes, int endpoints, int removed, int failures);

        [LoggerMessage(EventIds.NotRestored, LogLevel.Error, "Something could not be restored; the next start tries again.", EventName = nameof(NotRestored))]
        public static partial void NotRestored(ILogger logger, Exception failure);

        [LoggerMessage(EventIds.Rebuilt, LogLevel.Warning, "The store had lost it, and it is on record again from the kernel: {Rebuilt}.", EventName = nameof(Rebuilt))]
        public static partial void Rebuilt(ILogger logger, string rebuilt);

        [LoggerMessage(EventIds.NotRebuilt, LogLevel.Error, "The store had lost it, and it could not be read from the kernel; it stays as it is: {Unknown}.", EventName = nameof(NotRebuilt))]
        public static partial void NotRebuilt(ILogger logger, string unknown);

        [LoggerMessage(EventIds.NetworkCreated, LogLevel.Information, "Network {NetworkName} ({NetworkId}) is up on driver {Driver}.", EventName = nameof(NetworkCreated))]
        public static partial void NetworkCreated(ILogger logger, string networkName, NetworkId networkId, string driver);

        [LoggerMessage(EventIds.NetworkDeleted, LogLevel.Information, "Network {NetworkName} ({NetworkId}) is deleted.", EventName = nameof(NetworkDeleted))]
        public static partial void NetworkDeleted(ILogger logger, string networkName, NetworkId networkId);

        [LoggerMessage(EventIds.SandboxCreated, LogLevel.Information, "Sandbox {SandboxId} of container {ContainerId} is at {NamespacePath}.", EventName = nameof(SandboxCreated))]
        public static partial void SandboxCreated(ILogger logger, string containerId, SandboxId sandboxId, string namespacePath);

        [LoggerMessage(EventIds.SandboxDeleted, LogLevel.Information, "Sandbox {SandboxId} of container {ContainerId} is deleted.", EventName = nameof(SandboxDeleted))]
        public static partial void SandboxDeleted(ILogger logger, string containerId, SandboxId sandboxId);

        [LoggerMessage(EventIds.GatewayNetworkMissing, LogLevel.Warning, "The sandbox of container {ContainerId} has no way out: none of its networks offers one and driver {Driver} is not registered.", EventName = nameof(GatewayNetworkMissing))]
        public static partial void GatewayNetworkMissing(ILogger logger, string containerId, string driver);
    }
}
