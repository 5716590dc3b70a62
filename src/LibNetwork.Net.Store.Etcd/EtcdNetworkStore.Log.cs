using Microsoft.Extensions.Logging;

namespace LibNetwork.Stores.Etcd;

public sealed partial class EtcdNetworkStore
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.SessionRenewed, LogLevel.Warning, "etcd could not be reached for so long that the commits below \"{Prefix}\" have a new session.", EventName = nameof(SessionRenewed))]
        public static partial void SessionRenewed(ILogger logger, string prefix);
    }
}
