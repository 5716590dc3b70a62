using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;
using Xunit;

namespace LibNetwork.Testing;

/// <summary>
/// A host for one test of a driver: on a fake kernel, or on Linux in namespaces of its own. It has a network card, makes sandboxes, refuses requests on demand and
/// says all that is in it. Disposing removes it.
/// </summary>
public sealed class DriverHost : IAsyncDisposable
{
    /// <summary>The name of the host's network card, which is up and has <see cref="CardIPv4"/> and <see cref="CardIPv6"/>.</summary>
    public const string CardName = "eth0";

    private const string HostName = "host", OutsideName = "outside";

    private static readonly string MemoryFolder = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private readonly string _folder;
    private readonly FakeKernel? _fake;
    private readonly List<DriverSandbox> _sandboxes = [];

    private DriverHost(string folder, FakeKernel? fake)
    {
        _folder = folder;
        _fake = fake;
        Faults = fake?.Faults ?? new KernelFaults();
        Kernel = OpenKernel();
    }

    /// <summary>The card's IPv4 address, from a range for documents (RFC 5737).</summary>
    public static InterfaceAddress CardIPv4 { get; } = InterfaceAddress.Parse("192.0.2.10/24");

    /// <summary>The card's IPv6 address, from a range for documents (RFC 3849).</summary>
    public static InterfaceAddress CardIPv6 { get; } = InterfaceAddress.Parse("2001:db8::10/64");

    /// <summary>The kernel of this host, for the driver.</summary>
    public HostKernel Kernel { get; private set; }

    /// <summary>Refuses requests to the kernel on demand.</summary>
    public KernelFaults Faults { get; }

    /// <summary>Whether it is a fake kernel's.</summary>
    public bool IsFake => _fake is not null;

    /// <summary>Makes a host on a fake kernel.</summary>
    public static Task<DriverHost> OnFakeKernelAsync()
    {
        FakeKernel kernel = new();
        kernel.AddInterface(CardName, CardIPv4, CardIPv6);
        return Task.FromResult(new DriverHost("/libnetwork-conformance", kernel));
    }

    /// <summary>Makes a host on Linux; its card is one end of a cable to nowhere. Skips the test when the process is not root's.</summary>
    public static async Task<DriverHost> OnLinuxAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "namespaces take root on Linux");
        string folder = Path.Combine(MemoryFolder, $"libnetwork-conformance-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        try
        {
            NetworkNamespace.CreatePinned(Path.Combine(folder, HostName)).Dispose();
            using NetworkNamespace outside = NetworkNamespace.CreatePinned(Path.Combine(folder, OutsideName));
            DriverHost host = new(folder, fake: null);
            await host.Kernel.RunAsync(static (session, outside) => LayWire(session, outside), outside);
            return host;
        }
        catch
        {
            Remove(folder);
            throw;
        }
    }

    /// <summary>Makes a sandbox: a namespace whose loopback is up.</summary>
    /// <param name="name">A file's name, different for each.</param>
    public async Task<DriverSandbox> CreateSandboxAsync(string name)
    {
        string path = Path.Combine(_folder, name);
        NetworkNamespace inside = await Kernel.RunAsync(
            static (session, path) =>
            {
                NetworkNamespace made = session.CreateNamespace(path);
                using RtNetlink route = session.OpenRoute(made);
                route.Batch.ChangeLink("lo", new LinkChange { Up = true });
                route.Execute();
                return made;
            },
            path);
        DriverSandbox sandbox = new(new SandboxId(name), path, inside);
        _sandboxes.Add(sandbox);
        return sandbox;
    }

    /// <summary>Removes a sandbox, as a container's end does.</summary>
    public async Task RemoveSandboxAsync(DriverSandbox sandbox)
    {
        ArgumentNullException.ThrowIfNull(sandbox);
        _sandboxes.Remove(sandbox);
        sandbox.Namespace.Dispose();
        await Kernel.RunAsync(
            static (session, path) =>
            {
                session.UnpinNamespace(path);
                return true;
            },
            sandbox.NamespacePath);
    }

    /// <summary>Ends the process's part, as a restart does; the kernel stays as it is, and the next driver gets <see cref="Kernel"/> anew.</summary>
    public async Task RestartAsync()
    {
        await Kernel.DisposeAsync();
        Kernel = OpenKernel();
    }

    /// <summary>Reads something inside a sandbox.</summary>
    public async Task<TResult> ReadAsync<TResult>(DriverSandbox sandbox, Func<RtNetlink, TResult> read)
    {
        ArgumentNullException.ThrowIfNull(sandbox);
        return await Kernel.RunAsync(
            static (session, state) =>
            {
                using RtNetlink route = session.OpenRoute(state.sandbox.Namespace);
                return state.read(route);
            },
            (sandbox, read));
    }

    /// <summary>All interfaces, addresses and routes of the host and its sandboxes, and the host's packet rules, as sorted lines of text; what is condemned is waited for.</summary>
    public async Task<IReadOnlyList<string>> SnapshotAsync()
    {
        await Kernel.Reaper.DrainAsync();
        return await Kernel.RunAsync(
            static IReadOnlyList<string> (session, self) =>
            {
                List<string> lines = [.. HostText.Of(session.Route).Concat(HostText.Of(session.Nftables))];
                foreach (DriverSandbox sandbox in self._sandboxes)
                {
                    using RtNetlink route = session.OpenRoute(sandbox.Namespace);
                    lines.AddRange(HostText.Of(route).Select(line => $"in {sandbox.Id}: {line}"));
                }

                lines.Sort(StringComparer.Ordinal);
                return lines;
            },
            this);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (DriverSandbox sandbox in _sandboxes.ToArray())
        {
            await RemoveSandboxAsync(sandbox);
        }

        await Kernel.DisposeAsync();
        if (!IsFake)
        {
            Remove(_folder);
        }
    }

    private HostKernel OpenKernel() => HostKernel.Open(new HostKernelOptions
    {
        NamespacePath = IsFake ? null : Path.Combine(_folder, HostName), Observer = Faults, Substitute = _fake,
    });

    private static bool LayWire(KernelSession session, NetworkNamespace outside)
    {
        session.Route.Batch.ChangeLink("lo", new LinkChange { Up = true });
        session.Route.Batch.CreateVeth(new VethLinkSpec { Name = CardName, Up = true, PeerName = CardName, PeerNamespaceDescriptor = outside.Descriptor });
        session.Route.Execute();
        using RtNetlink far = session.OpenRoute(outside);
        far.Batch.ChangeLink(CardName, new LinkChange { Up = true });
        far.Execute();
        int index = session.Route.FindLink(CardName)?.Index ?? throw new KernelException("find link", CardName, LinuxErrno.ENODEV);
        foreach (InterfaceAddress address in (InterfaceAddress[])[CardIPv4, CardIPv6])
        {
            session.Route.Batch.AddAddress(index, address.Address, address.PrefixLength);
        }

        session.Route.Batch.SettleLink(index);
        session.Route.Execute();
        return true;
    }

    private static void Remove(string folder)
    {
        foreach (string pin in Directory.GetFiles(folder))
        {
            NetworkNamespace.Unpin(pin);
        }

        Directory.Delete(folder, recursive: true);
    }
}
