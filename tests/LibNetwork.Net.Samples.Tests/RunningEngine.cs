using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using LibNetwork.Linux;
using LibNetwork.TestSupport;

namespace LibNetwork.Samples.Tests;

/// <summary>MiniRuntime as an engine, on a host of its own, with a client. Disposing removes all of it.</summary>
public sealed class RunningEngine : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestHost _host;
    private readonly IReadOnlyList<string> _more;
    private MiniRuntime _process;

    private RunningEngine(TestHost host, IReadOnlyList<string> more)
    {
        (_host, _more) = (host, more);
        Client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) => new NetworkStream(await ConnectAsync(cancellationToken), ownsSocket: true),
            Expect100ContinueTimeout = Patience,
        })
        {
            BaseAddress = new Uri("http://engine"),
        };
        _process = MiniRuntime.Start(Arguments);
    }

    /// <summary>Where it looks for plugins.</summary>
    public string PluginFolder => Path.Combine(_host.Folder, "plugins");

    public string SocketPath => Path.Combine(_host.Folder, "engine.sock");

    public HttpClient Client { get; }

    public static async Task<RunningEngine> StartAsync(CancellationToken cancellationToken)
        => await StartAsync(await TestHost.CreateAsync(), [], cancellationToken);

    /// <summary>Starts one on a host, which is the engine's from then on.</summary>
    /// <param name="host">The host.</param>
    /// <param name="more">More arguments.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public static async Task<RunningEngine> StartAsync(TestHost host, IReadOnlyList<string> more, CancellationToken cancellationToken)
    {
        RunningEngine engine = new(host, more);
        try
        {
            await engine._process.WaitForLineAsync("Serving on", cancellationToken);
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    private string[] Arguments
        => ["serve", "--socket", SocketPath, "--state-dir", Path.Combine(_host.Folder, "state"), "--host-netns", _host.NamespacePath, "--plugin-dir", PluginFolder, .. _more];

    /// <summary>Starts a second engine beside it, on the same socket and state, and waits for its end.</summary>
    public async Task<int> StartRivalAsync(CancellationToken cancellationToken)
    {
        using MiniRuntime rival = MiniRuntime.Start(Arguments);
        return await rival.WaitAsync(cancellationToken);
    }

    /// <summary>Sends it a signal, waits for its end and returns its exit code.</summary>
    public async Task<int> EndAsync(string signal, CancellationToken cancellationToken)
    {
        await _process.SignalAsync(signal, cancellationToken);
        return await _process.WaitAsync(cancellationToken);
    }

    /// <summary>Starts the next engine after one that has ended.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        _process.Dispose();
        _process = MiniRuntime.Start(Arguments);
        await _process.WaitForLineAsync("Serving on", cancellationToken);
    }

    public async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
        return socket;
    }

    /// <summary>Gets what must be there.</summary>
    public async Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken)
    {
        (int status, JsonNode? body) = await SendAsync(HttpMethod.Get, path, body: null, cancellationToken);
        Assert.True(status == 200, $"{path}: {status} {body}");
        return body!;
    }

    public async Task<(int Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Client.SendAsync(request, cancellationToken);
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Creates a network and returns its id.</summary>
    public async Task<string> CreateNetworkAsync(string request, CancellationToken cancellationToken)
    {
        (int status, JsonNode? body) = await SendAsync(HttpMethod.Post, "/networks/create", request, cancellationToken);
        Assert.True(status == 201, $"{status} {body}");
        return body!["Id"]!.GetValue<string>();
    }

    /// <summary>Creates a container and returns its id.</summary>
    public async Task<string> CreateContainerAsync(string name, string request, CancellationToken cancellationToken)
    {
        (int status, JsonNode? body) = await SendAsync(HttpMethod.Post, $"/containers/create?name={name}", request, cancellationToken);
        Assert.True(status == 201, $"{status} {body}");
        return body!["Id"]!.GetValue<string>();
    }

    /// <summary>Asks for what must succeed without an answer.</summary>
    public async Task PostAsync(string path, CancellationToken cancellationToken, string? body = null)
    {
        (int status, JsonNode? answer) = await SendAsync(HttpMethod.Post, path, body, cancellationToken);
        Assert.True(status is 200 or 204, $"{path}: {status} {answer}");
    }

    /// <summary>Waits for a container's end and returns its exit code.</summary>
    public async Task<int> WaitForEndAsync(string container, CancellationToken cancellationToken)
    {
        (int status, JsonNode? body) = await SendAsync(HttpMethod.Post, $"/containers/{container}/wait", body: null, cancellationToken);
        Assert.True(status == 200, $"{status} {body}");
        return body!["StatusCode"]!.GetValue<int>();
    }

    /// <summary>Lists the names of networks.</summary>
    public async Task<IReadOnlyList<string>> NetworkNamesAsync(string filters, CancellationToken cancellationToken)
        =>
        [
            .. (await GetAsync($"/networks?filters={Uri.EscapeDataString(filters)}", cancellationToken)).AsArray()
                .Select(network => network!["Name"]!.GetValue<string>()).Order(StringComparer.Ordinal),
        ];

    /// <summary>Whether the engine's host has an interface of that name at this moment.</summary>
    public async Task<bool> HasLinkAsync(string name)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = _host.NamespacePath });
        return await kernel.RunAsync(static (session, name) => session.Route.FindLink(name) is not null, name);
    }

    /// <summary>What the host's kernel holds, once nothing waits to be deleted any more.</summary>
    public async Task<IReadOnlyList<string>> KernelAsync()
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = _host.NamespacePath });
        while (await kernel.RunAsync(static (session, _) => session.Route.DumpLinks().Any(static link => link.Group == LinkReaper.CondemnedGroup), 0))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }

        return await KernelSnapshot.TakeAsync(_host.NamespacePath);
    }

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Dispose();
        _host.Dispose();
        return ValueTask.CompletedTask;
    }
}
