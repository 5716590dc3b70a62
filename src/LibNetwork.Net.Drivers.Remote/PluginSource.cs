using System.Collections.Concurrent;
using LibNetwork.Ipam;
using LibNetwork.Plugins.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LibNetwork.Drivers.Remote;

/// <summary>Finds drivers that are plugins, and activates each plugin once.</summary>
internal sealed partial class PluginSource : IDriverSource, IDisposable
{
    private readonly ConcurrentDictionary<string, Plugin> _plugins = new(StringComparer.Ordinal);
    private readonly RemoteDriverOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<PluginSource> _logger;

    public PluginSource(IOptions<RemoteDriverOptions> options, TimeProvider time, ILogger<PluginSource> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value;
        _time = time;
        _logger = logger;
    }

    public async ValueTask<INetworkDriver?> FindNetworkDriverAsync(string name, CancellationToken cancellationToken = default)
        => await FindAsync(name, PluginVerbs.NetworkDriver, cancellationToken).ConfigureAwait(false) is { } plugin
            ? await RemoteNetworkDriver.OpenAsync(plugin, _logger, cancellationToken).ConfigureAwait(false)
            : null;

    public async ValueTask<IIpamDriver?> FindIpamDriverAsync(string name, CancellationToken cancellationToken = default)
        => await FindAsync(name, PluginVerbs.IpamDriver, cancellationToken).ConfigureAwait(false) is { } plugin
            ? await RemoteIpamDriver.OpenAsync(plugin, _logger, cancellationToken).ConfigureAwait(false)
            : null;

    public void Dispose()
    {
        foreach (Plugin plugin in _plugins.Values)
        {
            plugin.Client.Dispose();
        }
    }

    private async ValueTask<PluginClient?> FindAsync(string name, string kind, CancellationToken cancellationToken)
    {
        if (!PluginName.IsValid(name))
        {
            return null;
        }

        Plugin plugin = _plugins.GetOrAdd(
            name, static (name, self) => new Plugin(new PluginClient(name, new PluginFolders(self._options), self._options, self._time, self._logger)), this);
        IReadOnlyList<string> kinds;
        try
        {
            kinds = await ActivateAsync(plugin, cancellationToken).ConfigureAwait(false);
        }
        catch (PluginException missing) when (missing.Kind == NetworkErrorKind.NotFound && missing.Outcome == CallOutcome.NotReached)
        {
            ForgetThoseMissed();
            return null;
        }

        return kinds.Contains(kind, StringComparer.Ordinal)
            ? plugin.Client
            : throw new PluginException(NetworkErrorKind.NotFound, name, plugin.Client.Address, $"is no {kind}, but {Quotation.Of(string.Join(", ", kinds))}");
    }

    private async ValueTask<IReadOnlyList<string>> ActivateAsync(Plugin plugin, CancellationToken cancellationToken)
    {
        if (plugin.Implements is { } known)
        {
            return known;
        }

        ActivateReply reply = await plugin.Client.TryAskAsync(PluginVerbs.Activate, PluginJson.Default.ActivateReply, cancellationToken).ConfigureAwait(false)
            ?? throw new PluginException(NetworkErrorKind.NotSupported, plugin.Client.Name, plugin.Client.Address, "is no plugin: it does not know Plugin.Activate");
        IReadOnlyList<string> implements = [.. (reply.Implements ?? []).OfType<string>()];
        Log.PluginActivated(_logger, plugin.Client.Name, plugin.Client.Address, Quotation.Of(string.Join(", ", implements)));
        return plugin.Implements = implements;
    }

    /// <summary>Whoever may ask for a driver may ask for any name; only those that were missed lately are remembered.</summary>
    private void ForgetThoseMissed()
    {
        foreach ((string name, Plugin plugin) in _plugins)
        {
            if (plugin.Implements is null && plugin.Client is { Address: null, MayWait: true })
            {
                _plugins.TryRemove(name, out _);
            }
        }
    }

    private sealed class Plugin(PluginClient client)
    {
        public PluginClient Client => client;

        /// <summary>What kinds of driver it is; <see langword="null"/> until it is activated.</summary>
        public IReadOnlyList<string>? Implements { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.PluginActivated, LogLevel.Information, "Plugin {Plugin} at {Address} is active: {Implements}.", EventName = nameof(PluginActivated))]
        public static partial void PluginActivated(ILogger logger, string plugin, string? address, string implements);
    }
}
