using LibNetwork.Cni.Errors;
using LibNetwork.Drivers.Bridge;
using LibNetwork.Ipam;
using LibNetwork.Linux;
using LibNetwork.Stores.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LibNetwork.Cni.Attachments;

/// <summary>The library on this host, for one call: calls come in parallel, and have it one after the other.</summary>
/// <remarks>
/// Opening it restores what earlier calls made, also one that was killed half way; see <see cref="INetworkController.RestoreAsync"/>.
/// The state need not outlive the machine, which takes the containers' namespaces along.
/// </remarks>
internal sealed class HostNetworking : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestDeletion = TimeSpan.FromSeconds(10);

    // A configuration names its ranges. One of each family, because the library looks for this machine's own where there is none.
    private static readonly DefaultPool[] Unused = [new(Subnet.Parse("198.18.0.0/15"), 24), new(Subnet.Parse("2001:2::/48"), 64)];

    private readonly ServiceProvider _services;
    private RestoreReport? _report;   // none until it is restored
    private bool _isDrained = true;

    private HostNetworking(string runDirectory, bool isPart)
    {
        _services = BuildServices(runDirectory, isPart);
        Log = _services.GetRequiredService<ILogger<HostNetworking>>();
    }

    public INetworkController Controller => _services.GetRequiredService<INetworkController>();

    public HostKernel Kernel => _services.GetRequiredService<HostKernel>();

    public ILogger Log { get; }

    /// <summary>Whether an earlier call may have left something.</summary>
    public static bool HasState(string runDirectory) => File.Exists(StoreOf(runDirectory));

    /// <summary>Whether a network has no container any more, also none that this call does not look at.</summary>
    public bool IsIdle(INetwork network) => network.Endpoints.Count == 0 && _report is not { Dormant: > 0 };

    /// <summary>Runs a verb when this call has its turn.</summary>
    /// <param name="runDirectory">Where the state is.</param>
    /// <param name="scope">
    /// What the verb is about; <see langword="null"/> when it needs all. A verb that fails with a part of the state is run once more with all of it: what is
    /// in its way may be gone, and what others broke is put right first.
    /// </param>
    /// <param name="verb">The verb; one that fails leaves nothing.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="CniException"><see cref="CniErrorCode.TryAgainLater"/>: others have the host.</exception>
    public static async Task<TResult> RunAsync<TResult>(
        string runDirectory, RestoreScope? scope, Func<HostNetworking, Task<TResult>> verb, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(runDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using FileLock turn = await FileLock.TakeAsync(Path.Combine(runDirectory, "lock"), Patience, cancellationToken).ConfigureAwait(false)
            ?? throw new CniException(CniErrorCode.TryAgainLater, $"other calls had their turn for {Patience.TotalSeconds:F0} s", $"they hold {runDirectory}/lock");
        if (scope is not null)
        {
            HostNetworking part = new(runDirectory, isPart: true);
            await using (part.ConfigureAwait(false))
            {
                try
                {
                    return await part.RunAsync(scope, verb, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception failure) when (part._report is not { IsPartial: false } && failure is not OperationCanceledException)
                {
                    HostLog.AllIsNeeded(part.Log, failure);
                }
            }
        }

        HostNetworking whole = new(runDirectory, isPart: false);
        await using (whole.ConfigureAwait(false))
        {
            return await whole.RunAsync(scope: null, verb, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until everything that was deleted is gone from the kernel, however often it must be tried.</summary>
    public async Task DrainAsync()
    {
        try
        {
            await Controller.DrainAsync().WaitAsync(LongestDeletion, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _isDrained = false;
            HostLog.NotGone(Log, LongestDeletion);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _services.DisposeAsync();

    /// <remarks>The settings are given as they are: merging them from several sources is a start-up cost of its own, and there is one source.</remarks>
    private static ServiceProvider BuildServices(string runDirectory, bool isPart) => new ServiceCollection()
        .AddSingleton(typeof(ILogger<>), typeof(StandardErrorLogger<>))
        .AddLibNetwork()
        .AddBridgeDriver()
        .AddSqliteStore(StoreOf(runDirectory))
        .Services
        .AddSingleton(Options.Create(new LibNetworkOptions { RunDirectory = runDirectory, AvoidHostRanges = false, HoldPorts = false, DefaultPools = Unused }))   // runtimes hold ports themselves
        .AddSingleton(Options.Create(new BridgeDriverOptions()))
        .AddSingleton(Options.Create(new SqliteStoreOptions { WhenDamaged = DamagedStore.SetAside, ReadsOnDemand = isPart }))
        .BuildServiceProvider();

    private static string StoreOf(string runDirectory) => Path.Combine(runDirectory, "state.db");

    private async Task<TResult> RunAsync<TResult>(RestoreScope? scope, Func<HostNetworking, Task<TResult>> verb, CancellationToken cancellationToken)
    {
        await RestoreAsync(scope, cancellationToken).ConfigureAwait(false);
        TResult result = await verb(this).ConfigureAwait(false);
        if (_isDrained && Controller is IScopedController controller)
        {
            try
            {
                await controller.LeaveOutlineAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (IOException refused)
            {
                HostLog.NoOutline(Log, refused);   // the verb is done; the next call looks at everything
            }
        }

        return result;
    }

    private async Task RestoreAsync(RestoreScope? scope, CancellationToken cancellationToken)
    {
        try
        {
            _report = scope is not null && Controller is IScopedController controller
                ? await controller.RestorePartAsync(scope, cancellationToken).ConfigureAwait(false)
                : await Controller.RestoreAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NetworkException taken) when (taken.Kind == NetworkErrorKind.Conflict)
        {
            throw new CniException(CniErrorCode.TryAgainLater, taken.Message, $"held by {taken.Holder}", taken);
        }

        foreach (NetworkException failure in _report.Failures)
        {
            HostLog.NotRestored(Log, failure);
        }
    }
}
