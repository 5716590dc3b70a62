using Microsoft.Extensions.Logging;

namespace LibNetwork.Stores.Sqlite;

internal sealed partial class SqliteNetworkStore
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.SetAside, LogLevel.Error, "Store {Path} is damaged. It was set aside as {SetAside}, and the store begins anew.", EventName = nameof(SetAside))]
        public static partial void SetAside(ILogger logger, Exception exception, string path, string setAside);

        [LoggerMessage(EventIds.Migrated, LogLevel.Information, "Store {Path} was brought from schema {From} to {To}.", EventName = nameof(Migrated))]
        public static partial void Migrated(ILogger logger, string path, long from, long to);
    }
}
