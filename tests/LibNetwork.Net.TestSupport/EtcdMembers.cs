using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.TestSupport;

/// <summary>Real etcd members in a namespace of their own, which can be killed, paused and started again. Disposing removes all of it.</summary>
public sealed class EtcdMembers : IAsyncDisposable
{
    public const string Program = "etcd";

    private const int FirstClientPort = 2379, FirstPeerPort = 2480;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"libnetwork-etcd-{Guid.NewGuid():N}");
    private readonly NetworkNamespace _namespace;
    private readonly bool _ownsNamespace;
    private readonly Process?[] _processes;
    private readonly string _arguments;
    private readonly string _scheme;
    private readonly string _address;

    private EtcdMembers(NetworkNamespace? inside, int count, string arguments, string scheme, string address)
    {
        Directory.CreateDirectory(_folder);
        _ownsNamespace = inside is null;
        _namespace = inside ?? NetworkNamespace.CreatePinned(Path.Combine(_folder, "ns"));
        _processes = new Process?[count];
        (_arguments, _scheme, _address) = (arguments, scheme, address);
    }

    public static bool IsInstalled => HostProgram.IsInstalled(Program) && HostProgram.IsInstalled("etcdctl");

    /// <summary>The client addresses.</summary>
    public IReadOnlyList<Uri> Endpoints => [.. Enumerable.Range(0, _processes.Length).Select(EndpointOf)];

    /// <summary>Starts members and waits until they answer.</summary>
    /// <param name="count">How many.</param>
    /// <param name="arguments">More arguments for each.</param>
    /// <param name="scheme">How clients talk to them.</param>
    /// <param name="inside">Where; <see langword="null"/> for a namespace of their own.</param>
    /// <param name="address">An address that is there.</param>
    public static async Task<EtcdMembers> StartAsync(
        int count = 1, string arguments = "", string scheme = "http", NetworkNamespace? inside = null, string address = "127.0.0.1")
    {
        EtcdMembers members = new(inside, count, arguments, scheme, address);
        try
        {
            if (inside is null)
            {
                await members.RaiseLoopbackAsync();
            }

            await Task.WhenAll(Enumerable.Range(0, count).Select(members.StartAsync));
            return members;
        }
        catch
        {
            await members.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a socket where the members are.</summary>
    public Socket OpenSocket(AddressFamily family) => _namespace.OpenSocket(family, SocketType.Stream, ProtocolType.Tcp);

    public Uri EndpointOf(int member) => new($"{_scheme}://{_address}:{FirstClientPort + member}");

    /// <summary>Starts a member that was killed.</summary>
    public async Task StartAsync(int member)
    {
        string peers = string.Join(',', Enumerable.Range(0, _processes.Length).Select(other => $"m{other}=http://{_address}:{FirstPeerPort + other}"));
        string client = EndpointOf(member).ToString().TrimEnd('/');
        ProcessStartInfo start = new(Program, $"--name m{member} --data-dir {Path.Combine(_folder, $"m{member}")} --log-level error "
            + $"--listen-client-urls {client} --advertise-client-urls {client} "
            + $"--listen-peer-urls http://{_address}:{FirstPeerPort + member} --initial-advertise-peer-urls http://{_address}:{FirstPeerPort + member} "
            + $"--initial-cluster {peers} --initial-cluster-state new {_arguments}")
        {
            UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true,
        };
        Process process = await _namespace.RunInsideAsync(() => Process.Start(start)!);   // Process.Start gives a process for a new start info
        process.ErrorDataReceived += static (_, _) => { };
        process.OutputDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        _processes[member] = process;
        Stopwatch waited = Stopwatch.StartNew();
        while (!await IsListeningAsync(member))
        {
            if (process.HasExited || waited.Elapsed > Patience)
            {
                throw new InvalidOperationException($"{Program} {start.Arguments} does not listen");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Ends a member at once, as a crash does.</summary>
    public async Task KillAsync(int member)
    {
        if (_processes[member] is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _processes[member] = null;
        }
    }

    /// <summary>Makes a member do nothing, as a machine does that hangs.</summary>
    public Task PauseAsync(int member) => SignalAsync(member, "STOP");

    /// <summary>Lets it go on.</summary>
    public Task ResumeAsync(int member) => SignalAsync(member, "CONT");

    /// <summary>Makes the members forget what was before a revision.</summary>
    public Task CompactAsync(long revision) => ControlAsync(string.Create(CultureInfo.InvariantCulture, $"compaction {revision}"));

    /// <summary>Runs etcd's own tool against the first member.</summary>
    public async Task ControlAsync(string command)
    {
        ProcessStartInfo start = new("etcdctl", $"--endpoints {EndpointOf(0).ToString().TrimEnd('/')} {command}")
        {
            UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true, Environment = { ["ETCDCTL_API"] = "3" },
        };
        using Process process = await _namespace.RunInsideAsync(() => Process.Start(start)!);   // Process.Start gives a process for a new start info
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"etcdctl {command} ended with {process.ExitCode}: {await errors}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (int member = 0; member < _processes.Length; member++)
        {
            await KillAsync(member);
        }

        if (_ownsNamespace)
        {
            _namespace.Dispose();
            NetworkNamespace.Unpin(Path.Combine(_folder, "ns"));
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task SignalAsync(int member, string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", _processes[member]!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private async Task RaiseLoopbackAsync()
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = _namespace.Path });
        await kernel.RunAsync(
            static (session, _) =>
            {
                session.Route.Batch.ChangeLink("lo", new LinkChange { Up = true });
                session.Route.Execute();
                return true;
            },
            0);
    }

    private async Task<bool> IsListeningAsync(int member)
    {
        using Socket socket = OpenSocket(AddressFamily.InterNetwork);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(_address), FirstClientPort + member));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
