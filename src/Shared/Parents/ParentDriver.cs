using System.Collections.Concurrent;
using LibNetwork.Firewall;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Drivers.Parents;

/// <summary>
/// Networks on the wire of one of the host's interfaces, their parent; endpoints are interfaces of it that are made inside sandboxes.
/// Which kind of interface is the business of who derives from this.
/// </summary>
/// <remarks>An endpoint is only a record until it joins: then its interface is made inside the sandbox, under its name, in one request.</remarks>
internal abstract partial class ParentDriver(HostKernel kernel, INetworkFirewall firewall, ILogger logger)
    : INetworkDriver, IRestorableDriver, IGatewayAllocationDriver, ILeftoverDriver
{
    private readonly ConcurrentDictionary<NetworkId, ParentNetwork> _networks = new();
    private readonly ConcurrentDictionary<EndpointId, ParentEndpoint> _endpoints = new();
    private readonly SemaphoreSlim _turn = new(1, 1);   // networks that share a parent are made and removed one after the other

    public abstract string Name { get; }

    public DriverCapabilities Capabilities { get; } = new() { BuildsEndpoints = false };

    /// <summary>A gateway on the wire is there or it is not: IPAM has none to give.</summary>
    public ValueTask<(bool SkipIPv4, bool SkipIPv6)> GetGatewayNeedsAsync(
        string networkName, bool isInternal, IReadOnlyDictionary<string, string> options, CancellationToken cancellationToken = default)
    {
        Parse($"network \"{networkName}\"", isInternal, options);
        return ValueTask.FromResult((true, true));
    }

    /// <summary>Reads a network's labels.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>; its field is the label.</exception>
    protected abstract ParentOptions Parse(string subject, bool isInternal, IReadOnlyDictionary<string, string> labels);

    /// <summary>Says why two networks cannot be on one parent; <see langword="null"/> when they can.</summary>
    protected abstract string? WhyNotShared(ParentOptions one, ParentOptions other);

    /// <summary>The hardware address of an endpoint's interface; <see langword="null"/> when it has none of its own.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: one was asked for that it cannot have.</exception>
    protected abstract MacAddress? ChooseAddress(ParentNetwork network, string subject, MacAddress? wanted);

    /// <summary>Asks for an interface of the host's own on a network's parent.</summary>
    protected abstract void CreateShim(RtNetlinkBatch batch, ParentNetwork network, string name, int parent);

    /// <summary>Asks for an endpoint's interface.</summary>
    protected abstract void Create(RtNetlinkBatch batch, ParentEndpoint endpoint, DriverJoinRequest request, int parent);

    /// <summary>Finds an endpoint's interface inside its sandbox, whatever its name is by now.</summary>
    /// <param name="inside">The sandbox.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="parent">The index of its parent; <see langword="null"/> when that is gone.</param>
    protected abstract LinkInfo? FindInterface(RtNetlink inside, ParentEndpoint endpoint, int? parent);

    /// <summary>Whether an interface inside an endpoint's sandbox is known to be another endpoint's.</summary>
    protected bool IsAnothers(ParentEndpoint endpoint, int index)
        => _endpoints.Values.Any(other => other != endpoint && other.Index == index && other.Sandbox == endpoint.Sandbox);

    public async ValueTask CreateNetworkAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        ParentNetwork network = new(Name, request, Parse);
        if (network.Options.HostAccess)
        {
            await kernel.Reaper.DrainAsync().WaitAsync(cancellationToken).ConfigureAwait(false);   // the same network's former shim may still have its name
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            RefuseUnlessShareable(network);
            await BuildAsync(network, cancellationToken).ConfigureAwait(false);
            _networks[network.Id] = network;
        }
        finally
        {
            _turn.Release();
        }

        Log.NetworkCreated(logger, Name, network.Id, network.Parent);
    }

    public async ValueTask DeleteNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_networks.TryGetValue(networkId, out ParentNetwork? network))
            {
                return;
            }

            await AskKernelAsync(network.Subject, static (session, state) => state.Self.TakeDown(session, state.network), (Self: this, network), cancellationToken).ConfigureAwait(false);
            if (network.Options.HostAccess)
            {
                await firewall.RemoveNetworkAsync(networkId, CancellationToken.None).ConfigureAwait(false);   // the shim is down
            }

            _networks.TryRemove(networkId, out _);
            Log.NetworkDeleted(logger, Name, networkId, network.Parent);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask<IReadOnlyList<string>> RemoveLeftoversAsync(CancellationToken cancellationToken = default)
    {
        HashSet<string> used = [.. _networks.Values.Select(static network => network.Parent.Value)];
        HashSet<string> withShim = [.. _networks.Values.Where(static network => network.Options.HostAccess).Select(static network => network.Id.Value)];
        return await kernel.RunAsync(
            static IReadOnlyList<string> (session, state) =>
            {
                List<string> removed = [];
                IReadOnlyList<LinkInfo> links = session.Route.DumpLinks();
                foreach (LinkInfo shim in links.Where(link => HostShim.NetworkOf(link, state.Name) is { } network && !state.withShim.Contains(network)))
                {
                    HostShim.Condemn(session, shim);
                    removed.Add($"interface \"{shim.Name}\" ({shim.Alias})");
                }

                foreach (LinkInfo link in links.Where(link => ParentLink.IsOurs(link, state.Name) && !state.used.Contains(link.Name)))
                {
                    ParentLink.Remove(session, state.Name, link.Name);
                    removed.Add($"interface \"{link.Name}\" ({link.Alias})");
                }

                return removed;
            },
            (Name, used, withShim),
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask BuildAsync(ParentNetwork network, CancellationToken cancellationToken)
    {
        UndoStack undo = new();
        try
        {
            if (network.Options.HostAccess)
            {
                await firewall.AddNetworkAsync(HostShim.ToFirewall(network), cancellationToken).ConfigureAwait(false);   // before the shim is up
                if (!_networks.ContainsKey(network.Id))
                {
                    undo.Push(() => firewall.RemoveNetworkAsync(network.Id));
                }
            }

            await AskKernelAsync(network.Subject, static (session, state) => state.Self.Build(session, state.network), (Self: this, network), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            foreach (Exception failure in await undo.RollBackAsync().ConfigureAwait(false))
            {
                Log.RollbackIncomplete(logger, failure, network.Subject);
            }

            throw;
        }
    }

    private bool Build(KernelSession session, ParentNetwork network)
    {
        int parent = ParentLink.FindOrMake(session, network);
        if (!network.Options.HostAccess)
        {
            return true;
        }

        try
        {
            HostShim.FindOrMake(session, network, (batch, name) => CreateShim(batch, network, name, parent));
            return true;
        }
        catch
        {
            RemoveParentUnlessUsed(session, network);
            throw;
        }
    }

    private bool TakeDown(KernelSession session, ParentNetwork network)
    {
        HostShim.Remove(session, network);
        RemoveParentUnlessUsed(session, network);
        return true;
    }

    private void RemoveParentUnlessUsed(KernelSession session, ParentNetwork network)
    {
        if (!_networks.Values.Any(other => other.Id != network.Id && other.Parent == network.Parent))
        {
            ParentLink.Remove(session, network.Driver, network.Parent.Value);
        }
    }

    private void RefuseUnlessShareable(ParentNetwork network)
    {
        foreach (ParentNetwork other in _networks.Values.Where(other => other.Id != network.Id && other.Parent == network.Parent))
        {
            if (WhyNotShared(network.Options, other.Options) is { } reason)
            {
                throw NetworkException.Forbidden(network.Subject, $"parent \"{network.Parent}\" {reason}", other.Subject, "choose another parent or mode");
            }
        }
    }

    private async ValueTask<TResult> AskKernelAsync<TState, TResult>(
        string subject, Func<KernelSession, TState, TResult> work, TState state, CancellationToken cancellationToken)
    {
        try
        {
            return await kernel.RunAsync(work, state, cancellationToken).ConfigureAwait(false);
        }
        catch (KernelException exception)
        {
            if (ParentErrors.Translate(exception, Name, subject) is { } translated)
            {
                throw translated;
            }

            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.NetworkCreated, LogLevel.Information, "Network {NetworkId} of driver {Driver} is on {Parent}.", EventName = nameof(NetworkCreated))]
        public static partial void NetworkCreated(ILogger logger, string driver, NetworkId networkId, InterfaceName parent);

        [LoggerMessage(EventIds.NetworkDeleted, LogLevel.Information, "Network {NetworkId} of driver {Driver} on {Parent} is gone.", EventName = nameof(NetworkDeleted))]
        public static partial void NetworkDeleted(ILogger logger, string driver, NetworkId networkId, InterfaceName parent);

        [LoggerMessage(EventIds.RollbackIncomplete, LogLevel.Error, "What was done for {Subject} could not be taken back.", EventName = nameof(RollbackIncomplete))]
        public static partial void RollbackIncomplete(ILogger logger, Exception exception, string subject);

        [LoggerMessage(
            EventIds.PortsIgnored, LogLevel.Warning, "Ports of {Subject} are not published: it is reached on the wire itself.", EventName = nameof(PortsIgnored))]
        public static partial void PortsIgnored(ILogger logger, string subject);
    }
}
