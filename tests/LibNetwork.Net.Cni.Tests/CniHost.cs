using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.TestSupport;

namespace LibNetwork.Cni.Tests;

/// <summary>A host of its own, containers' namespaces, and the plugin as processes, called as a runtime calls it.</summary>
internal sealed class CniHost : IDisposable
{
    public const string ReferencePlugins = "/usr/lib/cni";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, NetworkNamespace> _containers = [];

    private CniHost(TestHost host) => Host = host;

    public TestHost Host { get; }

    /// <summary>The program that is called.</summary>
    public string Plugin { get; init; } = Path.Combine(AppContext.BaseDirectory, "libnetwork-cni");

    public static async Task<CniHost> CreateAsync() => new(await TestHost.CreateAsync(forwards: true));

    public static async Task<CniHost> CreateAsync(string plugin) => new(await TestHost.CreateAsync(forwards: true)) { Plugin = plugin };

    /// <summary>A configuration with the usual fields; changes add to it or replace.</summary>
    public string Configuration(params (string Field, JsonNode? Value)[] changes)
    {
        JsonObject configuration = new()
        {
            ["cniVersion"] = "1.1.0",
            ["name"] = "web",
            ["type"] = "libnetwork-cni",
            ["bridge"] = "cni0",
            ["isGateway"] = true,
            ["ipMasq"] = true,
            ["runDirectory"] = Host.RunDirectory,
            ["ipam"] = new JsonObject
            {
                ["type"] = "host-local",
                ["ranges"] = JsonNode.Parse("""[[{ "subnet": "10.88.0.0/16" }]]"""),
                ["routes"] = JsonNode.Parse("""[{ "dst": "0.0.0.0/0" }]"""),
            },
        };
        foreach ((string field, JsonNode? value) in changes)
        {
            configuration[field] = value;
        }

        return configuration.ToJsonString();
    }

    /// <summary>A container's namespace, made when it is first asked for.</summary>
    public NetworkNamespace Container(string id)
    {
        if (!_containers.TryGetValue(id, out NetworkNamespace? container))
        {
            _containers[id] = container = NetworkNamespace.CreatePinned(Path.Combine(Host.Folder, "container-" + id));
        }

        return container;
    }

    public Func<AddressFamily, SocketType, ProtocolType, Socket> From(string id) => Container(id).OpenSocket;

    /// <summary>The container and its namespace are gone, and nobody was told.</summary>
    public void Vanish(string id)
    {
        _containers.Remove(id, out NetworkNamespace? container);
        container?.Dispose();
        NetworkNamespace.Unpin(Path.Combine(Host.Folder, "container-" + id));
    }

    public Task<CniAnswer> AddAsync(string id, string configuration, string interfaceName = "eth0", string? arguments = null)
        => CallAsync("ADD", id, configuration, interfaceName, Container(id).Path, arguments);

    public Task<CniAnswer> DelAsync(string id, string configuration, string interfaceName = "eth0")
        => CallAsync("DEL", id, configuration, interfaceName, _containers.GetValueOrDefault(id)?.Path);

    public Task<CniAnswer> CheckAsync(string id, string configuration, CniAnswer added)
    {
        JsonNode asked = JsonNode.Parse(configuration)!;   // it is an object
        asked["prevResult"] = JsonNode.Parse(added.Output);
        return CallAsync("CHECK", id, asked.ToJsonString(), "eth0", Container(id).Path);
    }

    public Task<CniAnswer> CallAsync(string command, string configuration) => CallAsync(command, null, configuration, null, null);

    public async Task<CniAnswer> CallAsync(
        string command, string? id, string configuration, string? interfaceName, string? namespacePath, string? arguments = null, string? plugin = null)
    {
        using Process process = await StartAsync(command, id, interfaceName, namespacePath, arguments, plugin);
        return await FinishAsync(process, configuration);
    }

    /// <summary>Calls the plugin and kills it after a time.</summary>
    public async Task KillAsync(string command, string id, string configuration, TimeSpan after)
    {
        using Process process = await StartAsync(command, id, "eth0", Container(id).Path, null, null);
        Task<CniAnswer> call = FinishAsync(process, configuration);
        await Task.WhenAny(call, Task.Delay(after));
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>What the host's kernel holds, also of links that are only condemned: a call that has ended deletes nothing any more.</summary>
    public async Task<IReadOnlyList<string>> SnapshotAsync() =>
    [
        .. (await KernelSnapshot.TakeAsync(Host)).Where(line => !line.StartsWith($"file {Host.RunDirectory}/", StringComparison.Ordinal) || line.Contains("/netns/", StringComparison.Ordinal)),
        .. (await HostProgram.RunAsync(Host, $"ip -oneline link show group {LinkReaper.CondemnedGroup}")).Split('\n', StringSplitOptions.RemoveEmptyEntries),
    ];

    /// <summary>Works on a container's kernel as somebody else.</summary>
    public async Task InContainerAsync(string id, Action<KernelSession> work)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = Container(id).Path });
        await kernel.RunAsync(
            static (session, act) =>
            {
                act(session);
                return true;
            },
            work);
    }

    public void Dispose()
    {
        foreach (NetworkNamespace container in _containers.Values)
        {
            container.Dispose();
        }

        Host.Dispose();
    }

    private async Task<Process> StartAsync(string command, string? id, string? interfaceName, string? namespacePath, string? arguments, string? plugin)
    {
        ProcessStartInfo start = new(plugin ?? Plugin)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach ((string name, string? value) in new[]
        {
            ("CNI_COMMAND", command), ("CNI_CONTAINERID", id), ("CNI_NETNS", namespacePath), ("CNI_IFNAME", interfaceName), ("CNI_ARGS", arguments),
            ("CNI_PATH", ReferencePlugins),
        })
        {
            start.Environment[name] = value;
        }

        return await Host.Namespace.RunInsideAsync(() => Process.Start(start)!);   // Process.Start gives a process for a new start info
    }

    private static async Task<CniAnswer> FinishAsync(Process process, string configuration)
    {
        using CancellationTokenSource limit = new(Patience);
        try
        {
            await process.StandardInput.WriteAsync(configuration.AsMemory(), limit.Token);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before it read all of it, and says why.
        }

        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return new CniAnswer(process.ExitCode, output, await errors);
    }
}
