using System.Collections.Immutable;
using LibNetwork.ContainerFiles;
using Microsoft.Extensions.Logging;

namespace LibNetwork.ServiceDiscovery.Forwarding;

/// <summary>The servers of the host's resolv.conf, read again when it has changed.</summary>
internal sealed partial class HostServers(string path, DnsResolverOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private ImmutableArray<UpstreamServer> _servers = [];
    private (string Path, DateTime Written, long Length)? _seen;
    private long _looked;

    public ImmutableArray<UpstreamServer> Current
    {
        get
        {
            lock (_gate)
            {
                if (_seen is null || time.GetElapsedTime(_looked) >= LookInterval)
                {
                    _looked = time.GetTimestamp();
                    Look();
                }

                return _servers;
            }
        }
    }

    private void Look()
    {
        try
        {
            HostResolvConf file = HostResolvConf.Locate(path);
            FileInfo info = new(file.Path);
            (string, DateTime, long) now = (file.Path, info.Exists ? info.LastWriteTimeUtc : default, info.Exists ? info.Length : 0);
            if (_seen == now)
            {
                return;
            }

            _seen = now;
            ResolvConf content = file.Content;
            foreach (ResolvConfRemark remark in content.Remarks)
            {
                Log.LineIgnored(logger, file.Path, remark.Line, remark.Reason);
            }

            // Servers that are still there keep what is known of them.
            _servers = [.. content.Servers.Select(server =>
                _servers.FirstOrDefault(known => known.EndPoint.Equals(server)) ?? new UpstreamServer(new DnsServer(server, IsReachedFromHost: true), options.HedgeAfter, time))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _seen ??= default((string, DateTime, long));
            Log.FileUnreadable(logger, exception, path);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ResolvConfLineIgnored, LogLevel.Information, "{Path}, line {Line}, is ignored: {Reason}.", EventName = nameof(LineIgnored))]
        public static partial void LineIgnored(ILogger logger, string path, int line, string reason);

        [LoggerMessage(EventIds.ResolvConfUnreadable, LogLevel.Warning, "{Path} cannot be read; the servers that it named last are asked.", EventName = nameof(FileUnreadable))]
        public static partial void FileUnreadable(ILogger logger, Exception exception, string path);
    }
}
