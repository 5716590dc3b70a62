using LibNetwork.Drivers;
using LibNetwork.Ipam;
using LibNetwork.Sandboxes;
using LibNetwork.Stores;

namespace LibNetwork.Controller;

public sealed partial class NetworkController
{
    /// <inheritdoc/>
    public Task<RestoreReport> RestoreAsync(CancellationToken cancellationToken = default) => RestoreOnceAsync(scope: null, cancellationToken);

    private Task<RestoreReport> RestoreOnceAsync(RestoreScope? scope, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (!_networkNames.IsEmpty || !_containers.IsEmpty)
        {
            throw new InvalidOperationException("The controller is in use already; restore before the first verb.");
        }

        return Verb.RunAsync(
            "what an earlier process left",
            Services.Logger,
            async _ =>
            {
                RestoreReport report = await new Restoration(this).RunAsync(scope, cancellationToken).ConfigureAwait(false);
                await StartReconcilingAsync(cancellationToken).ConfigureAwait(false);
                StartFollowing();
                return report;
            });
    }

    /// <summary>Takes a network up as it was: its name, its pools, what the driver has of it.</summary>
    internal async Task<Network> RestoreNetworkAsync(NetworkState state, CancellationToken cancellationToken)
    {
        string subject = $"network \"{state.Name}\"";
        INetworkDriver driver = state.ConfigOnly
            ? Template.Driver
            : await FindNetworkDriverAsync(state.Driver, subject, cancellationToken).ConfigureAwait(false);
        IIpamDriver ipam = await FindIpamDriverAsync(state.IpamDriver, subject, cancellationToken).ConfigureAwait(false);
        return await Verb.RunAsync(subject, Services.Logger, async undo =>
        {
            ThrowIfForeign(state);
            TakeName(state);
            undo.Push(() => ReleaseName(state.Name, state.Id));
            _networkIds[state.Id] = subject;
            undo.Push(() => _networkIds.TryRemove(state.Id, out _));
            if (driver.Capabilities.UsesIpam && !state.IsShared)   // those hold their pools themselves
            {
                await new NetworkPools(Services, driver, ipam, undo).ReplayAsync(state, cancellationToken).ConfigureAwait(false);
            }

            await driver.CreateNetworkAsync(RequestFor(state) with { IsRestored = true }, cancellationToken).ConfigureAwait(false);
            Network network = new(this, state, driver, ipam, isRestored: true);
            _networks[state.Id] = network;
            ShowToHost();
            return network;
        }).ConfigureAwait(false);
    }

    /// <summary>Takes a sandbox up, without what is joined to it.</summary>
    /// <returns><see langword="null"/> when its namespace is gone; what was left of it is removed.</returns>
    internal async Task<Sandbox?> RestoreSandboxAsync(
        SandboxState state, IReadOnlyDictionary<string, string> options, CancellationToken cancellationToken)
    {
        SandboxNamespace? inside = null;
        if (!state.UsesHostNamespace)
        {
            inside = await SandboxNamespace.OpenAsync(Services.Kernel, Services.Time, state.NamespacePath, cancellationToken).ConfigureAwait(false);
            if (inside is null)
            {
                await Services.Store.TryCommitAsync(StoreRecords.Delete(StoreKeys.Sandbox(state.Id), StoreDurability.Process), cancellationToken).ConfigureAwait(false);
                return null;
            }
        }

        Sandbox sandbox = new(this, state, inside, options);
        _containers[state.ContainerId] = state.Id;
        _sandboxes[state.Id] = sandbox;
        return sandbox;
    }

    /// <summary>How far a driver's networks reach; those of an unknown driver are not restored.</summary>
    internal NetworkScope ScopeOf(string driver) => _drivers.TryGetValue(driver, out INetworkDriver? found) ? found.Capabilities.DataScope : NetworkScope.Local;

    internal IEnumerable<INetworkDriver> AllDrivers => _drivers.Values;

    internal IIpamDriver? FindIpamDriver(string name) => _ipamDrivers.GetValueOrDefault(name);

    internal INetworkDriver? FindDriver(string name) => _drivers.GetValueOrDefault(name);

    private static DriverNetworkRequest RequestFor(NetworkState state) => new()
    {
        Id = state.Id,
        Name = state.Name,
        EnableIPv4 = state.EnableIPv4,
        EnableIPv6 = state.EnableIPv6,
        Internal = state.Internal,
        Pools = state.Pools,
        Options = state.Options,
    };
}
