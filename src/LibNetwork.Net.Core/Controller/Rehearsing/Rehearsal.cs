using System.Globalization;
using LibNetwork.Drivers;
using LibNetwork.Firewall;
using LibNetwork.Ipam;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Publishing;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace LibNetwork.Controller.Rehearsing;

/// <summary>
/// A host in a namespace of its own that is like the real one, with a controller that has the same networks on record. A verb is carried out there, by the
/// code and by the kernel that would carry it out here, and what it asked of the kernel is what it would ask here. Nothing of the real host is changed.
/// </summary>
internal sealed class Rehearsal : IAsyncDisposable
{
    /// <summary>How the folders of rehearsals are called in the run directory.</summary>
    public const string FolderPrefix = "plan-";

    private readonly string _folder;
    private readonly RequestRecorder _recorder = new();
    private readonly InMemoryNetworkStore _store = new();
    private HostKernel? _kernel;
    private PortPublisher? _publisher;
    private NetworkController? _controller;

    private Rehearsal(string folder) => _folder = folder;

    /// <summary>The controller of the other host.</summary>
    public NetworkController Controller => _controller ?? throw new InvalidOperationException("The rehearsal has not begun.");

    private string HostPath => Path.Combine(_folder, "host");

    /// <summary>Makes the other host, with what is on record here; endpoints are there, and joined to nothing.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotSupported"/>: the firewall in use cannot act on another host.</exception>
    public static async Task<Rehearsal> StartAsync(NetworkController real, LibNetworkOptions options, CancellationToken cancellationToken)
    {
        if (real.Services.Firewall is not NftFirewall firewall)
        {
            throw new NetworkException(NetworkErrorKind.NotSupported, "firewall", $"{real.Services.Firewall.GetType().Name} cannot say what it would do without doing it");
        }

        if (real.Services.Kernel.IsSubstitute)
        {
            throw new NetworkException(NetworkErrorKind.NotSupported, "plan", "a verb is planned on a likeness of the host, which takes a kernel");
        }

        Rehearsal rehearsal = new(Path.Combine(options.RunDirectory, FolderPrefix + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)));
        try
        {
            await rehearsal.BuildAsync(real, firewall, options, cancellationToken).ConfigureAwait(false);
            return rehearsal;
        }
        catch (Exception failure)
        {
            await rehearsal.DisposeAsync().ConfigureAwait(false);
            if (Translate(failure, options.RunDirectory) is { } translated)
            {
                throw translated;
            }

            throw;
        }
    }

    /// <summary>Removes what rehearsals of a process that died left.</summary>
    public static void Sweep(string runDirectory)
    {
        foreach (string folder in Directory.Exists(runDirectory) ? Directory.GetDirectories(runDirectory, FolderPrefix + "*") : [])
        {
            Remove(folder);
        }
    }

    /// <summary>Carries a verb out and says what it asked of the kernel.</summary>
    /// <param name="verb">The verb.</param>
    /// <returns>The verb's result, and the changes in order.</returns>
    public async Task<(TResult Result, IReadOnlyList<string> Changes)> RecordAsync<TResult>(Func<Task<TResult>> verb)
    {
        _recorder.Start();
        TResult result = await verb().ConfigureAwait(false);
        IReadOnlyList<KernelRequest> requests = _recorder.Stop();
        Dictionary<string, Dictionary<int, string>> links = new(StringComparer.Ordinal) { [HostPath] = await LinksAsync(inside: null).ConfigureAwait(false) };
        Dictionary<string, string> places = new(StringComparer.Ordinal);
        foreach (Sandbox sandbox in Controller.Sandboxes.Cast<Sandbox>().Where(static sandbox => !sandbox.State.UsesHostNamespace))
        {
            links[sandbox.NamespacePath] = await LinksAsync(sandbox.NamespacePath).ConfigureAwait(false);
            places[sandbox.NamespacePath] = $"in {sandbox.Subject}: ";
        }

        return (result, [.. requests.Select(request => Describe(request, links, places))]);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (ISandbox sandbox in _controller?.Sandboxes ?? [])
            {
                await sandbox.DeleteAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    private async Task CloseAsync()
    {
        if (_controller is not null)
        {
            await _controller.DisposeAsync().ConfigureAwait(false);
        }

        if (_publisher is not null)
        {
            await _publisher.DisposeAsync().ConfigureAwait(false);
        }

        if (_kernel is not null)
        {
            await _kernel.DisposeAsync().ConfigureAwait(false);
        }

        await _store.DisposeAsync().ConfigureAwait(false);
        Remove(_folder);   // with its namespace the kernel removes all that is in it
    }

    private async Task BuildAsync(NetworkController real, NftFirewall firewall, LibNetworkOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        HostLikeness likeness = await real.Services.Kernel.RunAsync(
            static (session, state) =>
            {
                NetworkNamespace.CreatePinned(state.HostPath).Dispose();
                return HostLikeness.Read(session, withChains: state.Integrates);
            },
            (HostPath, firewall.Integrates),
            cancellationToken).ConfigureAwait(false);
        _kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = HostPath, Observer = _recorder });
        await MakeAsync(likeness.Make, cancellationToken).ConfigureAwait(false);
        await CopyRecordsAsync(real, cancellationToken).ConfigureAwait(false);

        NftFirewall ownFirewall = firewall.OnHost(_kernel);
        _publisher = new PortPublisher(_kernel, ownFirewall, holds: true, real.Services.Time, NullLogger<PortPublisher>.Instance);
        RehearsalServices services = new(_kernel, ownFirewall, _publisher, real.Services.Time);
        _controller = new NetworkController(
            _kernel,
            real.AllDrivers.Select(driver => driver is IRehearsableDriver able ? able.OnHost(services) : new AbsentDriver(driver)),
            real.AllIpamDrivers.Select(static driver => driver is IRehearsableIpamDriver able ? able.ForRehearsal() : new AbsentIpamDriver(driver)),
            _store,
            ownFirewall,
            options with
            {
                HostNamespacePath = HostPath,
                RunDirectory = _folder,
                Reconcile = false,
                RangesOf = real.Services.Kernel,   // pools keep away from what the real host uses
                Dns = options.Dns with { HostListener = null },
            },
            NullLogger<NetworkController>.Instance,
            real.Services.Time);
        RestoreReport report = await _controller.RestoreAsync(cancellationToken).ConfigureAwait(false);
        if (report.Failures.Count > 0)
        {
            throw new NetworkException(
                NetworkErrorKind.Unavailable, "plan", $"what is on record could not be made again elsewhere: {report.Failures[0].Message}", report.Failures[0]);
        }

        await MakeAsync(likeness.MakeForwarding, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies what is done; what is under way may come or go. Endpoints are joined to nothing, because their sandboxes are not there.</summary>
    private async Task CopyRecordsAsync(NetworkController real, CancellationToken cancellationToken)
    {
        foreach (StoreEntry entry in await real.Services.Store.ListAsync(StoreKeys.Networks, cancellationToken).ConfigureAwait(false))
        {
            (RecordPhase phase, NetworkState state) = StoreRecords.ReadNetwork(entry, real.ScopeOf);
            if (phase == RecordPhase.Ready)
            {
                await _store.TryCommitAsync(StoreRecords.Put(state with { IsShared = false }, phase), cancellationToken).ConfigureAwait(false);   // other hosts have no part in it
            }
        }

        foreach (StoreEntry entry in await real.Services.Store.ListAsync(StoreKeys.Endpoints, cancellationToken).ConfigureAwait(false))
        {
            (RecordPhase phase, KeptEndpoint kept) = StoreRecords.ReadEndpoint(entry);
            if (phase == RecordPhase.Ready && await _store.GetAsync(StoreKeys.Network(kept.State.NetworkId), cancellationToken).ConfigureAwait(false) is not null)
            {
                EndpointState free = kept.State with { SandboxId = null, InterfaceName = null, GatewayIPv4 = null, GatewayIPv6 = null, PublishedPorts = [] };
                await _store.TryCommitAsync(
                    StoreRecords.Put(kept with { State = free, Join = null, JoinPhase = RecordPhase.Ready }, phase, StoreDurability.Process), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task MakeAsync(Action<KernelSession> make, CancellationToken cancellationToken) => await _kernel!.RunAsync(   // it was opened
        static (session, make) =>
        {
            make(session);
            return true;
        },
        make,
        cancellationToken).ConfigureAwait(false);

    /// <summary>The names of the links of a sandbox, or of the host, by index.</summary>
    private async Task<Dictionary<int, string>> LinksAsync(string? inside) => await _kernel!.RunAsync(
        static (session, inside) =>
        {
            if (inside is null)
            {
                return NamesOf(session.Route);
            }

            using NetworkNamespace open = NetworkNamespace.Open(inside);
            using RtNetlink route = session.OpenRoute(open);
            return NamesOf(route);
        },
        inside).ConfigureAwait(false);

    private static Dictionary<int, string> NamesOf(RtNetlink route) => route.DumpLinks().ToDictionary(static link => link.Index, static link => link.Name);

    private static string Describe(KernelRequest request, Dictionary<string, Dictionary<int, string>> links, Dictionary<string, string> places)
    {
        string place = request.NamespacePath ?? string.Empty;
        string text = request.ToString();
        if (request.Link != 0 && links.TryGetValue(place, out Dictionary<int, string>? names) && names.TryGetValue(request.Link, out string? name))
        {
            text = text.Replace(string.Create(CultureInfo.InvariantCulture, $"link {request.Link}"), $"\"{name}\"", StringComparison.Ordinal);
        }

        return places.GetValueOrDefault(place, string.Empty) + text;
    }

    private static NetworkException? Translate(Exception failure, string runDirectory) => failure switch
    {
        KernelException refused => KernelErrors.Translate("plan", refused),
        UnauthorizedAccessException => new NetworkException(NetworkErrorKind.PermissionDenied, $"folder {runDirectory}", "cannot be written to", failure)
        {
            Remedy = $"run as root, or set {nameof(LibNetworkOptions)}.{nameof(LibNetworkOptions.RunDirectory)}",
        },
        _ => null,
    };

    private static void Remove(string folder)
    {
        foreach (string pin in Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [])
        {
            NetworkNamespace.Unpin(pin);
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
