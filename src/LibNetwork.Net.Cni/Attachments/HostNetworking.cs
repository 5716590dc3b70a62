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

    private readonly FileLock _turn;
    private readonly ServiceProvider _services;

    private HostNetworking(FileLock turn, ServiceProvider services)
    {
        _turn = turn;
        _services = services;
        Log = services.GetRequiredService<ILogger<HostNetworking>>();
    }

    public INetworkController Controller => _services.GetRequiredService<INetworkController>();

    public HostKernel Kernel => _services.GetRequiredService<HostKernel>();

    public ILogger Log { get; }

    /// <summary>Whether an earlier call may have left something.</summary>
    public static bool HasState(string runDirectory) => File.Exists(StoreOf(runDirectory));

    /// <exception cref="CniException"><see cref="CniErrorCode.TryAgainLater"/>: others have the host.</exception>
    public static async Task<HostNetworking> OpenAsync(string runDirectory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(runDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        FileLock turn = await FileLock.TakeAsync(Path.Combine(runDirectory, "lock"), Patience, cancellationToken).ConfigureAwait(false)
            ?? throw new CniException(CniErrorCode.TryAgainLater, $"other calls had their turn for {Patience.TotalSeconds:F0} s", $"they hold {runDirectory}/lock");
        HostNetworking host;
        try
        {
            host = new HostNetworking(turn, BuildServices(runDirectory));
        }
        catch
        {
            turn.Dispose();
            throw;
        }

        try
        {
            await host.RestoreAsync(cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
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
            HostLog.NotGone(Log, LongestDeletion);
        }
    }

    /// <summary>Lets the next call have its turn.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _services.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Dispose();
        }
    }

    /// <remarks>The settings are given as they are: merging them from several sources is a start-up cost of its own, and there is one source.</remarks>
    private static ServiceProvider BuildServices(string runDirectory) => new ServiceCollection()
        .AddSingleton(typeof(ILogger<>), typeof(StandardErrorLogger<>))
        .AddLibNetwork()
        .AddBridgeDriver()
        .AddSqliteStore(StoreOf(runDirectory))
        .Services
        .AddSingleton(Options.Create(new LibNetworkOptions { RunDirectory = runDirectory, AvoidHostRanges = false, HoldPorts = false, DefaultPools = Unused }))   // runtimes hold ports themselves
        .AddSingleton(Options.Create(new BridgeDriverOptions()))
        .AddSingleton(Options.Create(new SqliteStoreOptions { WhenDamaged = DamagedStore.SetAside }))
        .BuildServiceProvider();

    private static string StoreOf(string runDirectory) => Path.Combine(runDirectory, "state.db");

    private async Task RestoreAsync(CancellationToken cancellationToken)
    {
        RestoreReport report;
        try
        {
            report = await Controller.RestoreAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NetworkException taken) when (taken.Kind == NetworkErrorKind.Conflict)
        {
            throw new CniException(CniErrorCode.TryAgainLater, taken.Message, $"held by {taken.Holder}", taken);
        }

        foreach (NetworkException failure in report.Failures)
        {
            HostLog.NotRestored(Log, failure);
        }
    }
}
