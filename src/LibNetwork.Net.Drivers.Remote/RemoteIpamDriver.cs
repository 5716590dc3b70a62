using System.Net;
using System.Net.Sockets;
using LibNetwork.Ipam;
using LibNetwork.Plugins.Protocol;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Drivers.Remote;

/// <summary>An IPAM driver in another process. It keeps its own state, unless it says that everything must be requested again.</summary>
internal sealed partial class RemoteIpamDriver : IIpamDriver
{
    /// <summary>How many pools are held at most while one is looked for that overlaps nothing.</summary>
    private const int MaxHeldPools = 64;

    private readonly PluginClient _plugin;
    private readonly ILogger _logger;

    private RemoteIpamDriver(PluginClient plugin, ILogger logger, IpamCapabilities capabilities, AddressSpacesReply spaces)
    {
        _plugin = plugin;
        _logger = logger;
        Capabilities = capabilities;
        LocalAddressSpace = spaces.LocalDefaultAddressSpace ?? string.Empty;
        GlobalAddressSpace = spaces.GlobalDefaultAddressSpace ?? string.Empty;
    }

    public string Name => _plugin.Name;

    public IpamCapabilities Capabilities { get; }

    public string LocalAddressSpace { get; }

    public string GlobalAddressSpace { get; }

    /// <summary>Asks an active plugin what it needs; an old one that does not say needs nothing.</summary>
    /// <exception cref="PluginException">The call failed.</exception>
    public static async ValueTask<RemoteIpamDriver> OpenAsync(PluginClient plugin, ILogger logger, CancellationToken cancellationToken)
    {
        IpamCapabilitiesReply? needs = null;
        try
        {
            needs = await plugin.TryAskAsync(PluginVerbs.GetIpamCapabilities, PluginJson.Default.IpamCapabilitiesReply, cancellationToken).ConfigureAwait(false);
        }
        catch (PluginException refusal) when (refusal.Outcome == CallOutcome.Refused)
        {
            Log.CapabilitiesRefused(logger, plugin.Name, refusal.Message);
        }

        AddressSpacesReply spaces = await plugin.TryAskAsync(PluginVerbs.GetAddressSpaces, PluginJson.Default.AddressSpacesReply, cancellationToken).ConfigureAwait(false)
            ?? new AddressSpacesReply();
        IpamCapabilities capabilities = new() { RequiresMacAddress = needs?.RequiresMacAddress ?? false, RequiresReplay = needs?.RequiresRequestReplay ?? false };
        return new RemoteIpamDriver(plugin, logger, capabilities, spaces);
    }

    public async ValueTask<IpamPool> RequestPoolAsync(IpamPoolRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Withheld.Count > 0)
        {
            throw new NetworkException(NetworkErrorKind.NotSupported, $"IPAM plugin \"{Name}\"", "cannot withhold parts of a pool")
            {
                Remedy = "leave them out, or reserve single addresses",
            };
        }

        // The plugin does not know what the host uses: a pool that overlaps it is held until another is found.
        List<IpamPool> held = [];
        try
        {
            while (true)
            {
                IpamPool pool = await AskForPoolAsync(request, cancellationToken).ConfigureAwait(false);
                if (pool.Subnet.PrefixLength == 0 || !request.Exclude.Any(pool.Subnet.Overlaps))
                {
                    return pool;
                }

                held.Add(pool);
                if (held.Count == MaxHeldPools)
                {
                    throw new NetworkException(
                        NetworkErrorKind.Exhausted, $"IPAM plugin \"{Name}\"", $"gave {MaxHeldPools} pools that overlap what the host uses, the last {pool.Subnet}")
                    {
                        Remedy = "name a pool",
                    };
                }
            }
        }
        finally
        {
            foreach (IpamPool pool in held)
            {
                await TakeBackAsync($"pool {pool.Subnet}", () => ReleasePoolAsync(pool.PoolId, CancellationToken.None)).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask ReleasePoolAsync(string poolId, CancellationToken cancellationToken = default)
        => await _plugin.CallAsync(
            PluginVerbs.ReleasePool, new PoolReferenceMessage { PoolId = poolId }, PluginJson.Default.PoolReferenceMessage, PluginJson.Default.Reply, cancellationToken)
            .ConfigureAwait(false);

    public async ValueTask<InterfaceAddress?> RequestAddressAsync(IpamAddressRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        AddressMessage message = new() { PoolId = request.PoolId, Address = request.Address?.ToString() ?? string.Empty, Options = request.Options };
        AddressReply reply = await AskAsync(
            () => _plugin.CallAsync(PluginVerbs.RequestAddress, message, PluginJson.Default.AddressMessage, PluginJson.Default.AddressReply, cancellationToken),
            $"address {request.Address}",
            request.Address is { } wanted ? () => ReleaseAddressAsync(request.PoolId, wanted, CancellationToken.None) : null).ConfigureAwait(false);
        if (string.IsNullOrEmpty(reply.Address))
        {
            throw new PluginException(NetworkErrorKind.Unavailable, Name, _plugin.Address, $"gave no address of pool {Quotation.Of(request.PoolId)}");
        }

        if (!InterfaceAddress.TryParse(reply.Address, out InterfaceAddress address))
        {
            throw _plugin.Wrong(PluginVerbs.RequestAddress, $"\"{Quotation.Of(reply.Address)}\", which is no address with a prefix length");
        }

        if (request.Address is { } asked && !asked.Equals(address.Address))
        {
            await TakeBackAsync($"address {address}", () => ReleaseAddressAsync(request.PoolId, address.Address, CancellationToken.None)).ConfigureAwait(false);
            throw _plugin.Wrong(PluginVerbs.RequestAddress, $"{address} when asked for {asked}");
        }

        return address;
    }

    public async ValueTask ReleaseAddressAsync(string poolId, IPAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        await _plugin.CallAsync(
            PluginVerbs.ReleaseAddress, new AddressMessage { PoolId = poolId, Address = address.ToString() }, PluginJson.Default.AddressMessage, PluginJson.Default.Reply,
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<IpamPool> AskForPoolAsync(IpamPoolRequest request, CancellationToken cancellationToken)
    {
        AddressFamily family = request.Pool?.Family ?? request.Family;
        PoolRequestMessage message = new()
        {
            AddressSpace = request.AddressSpace,
            Pool = request.Pool?.ToString() ?? string.Empty,
            SubPool = request.SubPool?.ToString() ?? string.Empty,
            Options = request.Options,
            V6 = family == AddressFamily.InterNetworkV6,
        };
        PoolReply reply = await _plugin.CallAsync(
            PluginVerbs.RequestPool, message, PluginJson.Default.PoolRequestMessage, PluginJson.Default.PoolReply, cancellationToken).ConfigureAwait(false);
        if (string.IsNullOrEmpty(reply.PoolId))
        {
            throw _plugin.Wrong(PluginVerbs.RequestPool, "a pool without an id");
        }

        if (!Subnet.TryParse(reply.Pool, out Subnet subnet) || subnet.Family != family)
        {
            await TakeBackAsync($"pool {Quotation.Of(reply.PoolId)}", () => ReleasePoolAsync(reply.PoolId, CancellationToken.None)).ConfigureAwait(false);
            throw _plugin.Wrong(PluginVerbs.RequestPool, $"\"{Quotation.Of(reply.Pool ?? string.Empty)}\", which is no pool of the family");
        }

        return new IpamPool(reply.PoolId, subnet) { Data = reply.Data ?? new Dictionary<string, string>() };
    }

    /// <summary>Calls; when nobody knows whether the plugin did it, takes back what can be named.</summary>
    private async ValueTask<TReply> AskAsync<TReply>(Func<ValueTask<TReply>> call, string subject, Func<ValueTask>? takeBack)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception failure) when (takeBack is not null && failure is not PluginException { Outcome: not CallOutcome.Unknown })
        {
            await TakeBackAsync(subject, takeBack).ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask TakeBackAsync(string subject, Func<ValueTask> step)
    {
        UndoStack undo = new();
        undo.Push(step);
        foreach (Exception failure in await undo.RollBackAsync().ConfigureAwait(false))
        {
            Log.RollbackIncomplete(_logger, failure, Name, subject);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventIds.CapabilitiesRefused, LogLevel.Warning, "IPAM plugin {Plugin} does not say what it needs, which counts as nothing: {Problem}",
            EventName = nameof(CapabilitiesRefused))]
        public static partial void CapabilitiesRefused(ILogger logger, string plugin, string problem);

        [LoggerMessage(EventIds.RollbackIncomplete, LogLevel.Error, "IPAM plugin {Plugin} did not take back {Subject}.", EventName = nameof(RollbackIncomplete))]
        public static partial void RollbackIncomplete(ILogger logger, Exception exception, string plugin, string subject);
    }
}
