using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace LibNetwork.RemoteDrivers.Tests;

/// <summary>A plugin that answers as it is told, byte by byte, also what no plugin should. It remembers what it was asked.</summary>
public sealed class FakePlugin : IAsyncDisposable
{
    public const string Name = "fake";

    private readonly Socket _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;
    private readonly Func<Stream, Task<Stream>> _secure;

    private FakePlugin(Socket listener, Func<Stream, Task<Stream>>? secure)
    {
        _listener = listener;
        _secure = secure ?? Task.FromResult;
        _listener.Listen();
        _accepting = AcceptAsync();
        Answer("Plugin.Activate", """{"Implements":["NetworkDriver","IpamDriver"]}""");
        Answer("NetworkDriver.GetCapabilities", """{"Scope":"local","ConnectivityScope":"local"}""");
        Answer("IpamDriver.GetCapabilities", "{}");
        Answer("IpamDriver.GetDefaultAddressSpaces", """{"LocalDefaultAddressSpace":"here","GlobalDefaultAddressSpace":"everywhere"}""");
        Answer("NetworkDriver.EndpointOperInfo", """{"Value":{}}""");
    }

    /// <summary>What it was asked, in order.</summary>
    public ConcurrentQueue<(string Verb, JsonNode? Body)> Requests { get; } = new();

    /// <summary>The verbs that it was asked, without those that every lookup asks.</summary>
    public IEnumerable<string> Verbs => Requests.Select(static request => request.Verb)
        .Where(static verb => verb is not ("Plugin.Activate" or "NetworkDriver.GetCapabilities" or "IpamDriver.GetCapabilities" or "IpamDriver.GetDefaultAddressSpaces"));

    public int Port => ((IPEndPoint?)_listener.LocalEndPoint)?.Port ?? 0;

    private ConcurrentDictionary<string, Func<Stream, JsonNode?, CancellationToken, Task>> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>Listens at a socket in a folder.</summary>
    public static FakePlugin At(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? "/");
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return new FakePlugin(socket, secure: null);
    }

    /// <summary>Listens at a port of this machine's loopback.</summary>
    public static FakePlugin OverTcp(Func<Stream, Task<Stream>>? secure = null)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new FakePlugin(socket, secure);
    }

    /// <summary>The last body of a verb.</summary>
    public JsonNode LastOf(string verb) => Requests.Last(request => request.Verb == verb).Body ?? throw new InvalidOperationException($"{verb} had no body.");

    /// <summary>Answers a verb with JSON; <see langword="null"/> means that it does not know the verb.</summary>
    public void Answer(string verb, string? json, int status = 200)
        => Answer(verb, (_, _) => json is null ? (404, "404 page not found") : (status, json));

    /// <summary>Answers a verb by what was asked.</summary>
    public void Answer(string verb, Func<JsonNode?, int, (int Status, string Body)> answer)
    {
        int count = 0;
        AnswerRaw(verb, async (stream, body, cancellationToken) =>
        {
            (int status, string text) = answer(body, Interlocked.Increment(ref count));
            await WriteAsync(stream, $"HTTP/1.1 {status} Status\r\nConnection: close\r\nContent-Length: {Encoding.UTF8.GetByteCount(text)}\r\n\r\n{text}", cancellationToken);
        });
    }

    /// <summary>Answers a verb with whatever is written; the connection is closed then.</summary>
    public void AnswerRaw(string verb, Func<Stream, JsonNode?, CancellationToken, Task> answer) => Answers[verb] = answer;

    public static async Task WriteAsync(Stream stream, string text, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptAsync(_end.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using Stream stream = await _secure(new NetworkStream(socket, ownsSocket: true));
            (string verb, JsonNode? body) = await ReadAsync(stream);
            Requests.Enqueue((verb, body));
            if (Answers.TryGetValue(verb, out Func<Stream, JsonNode?, CancellationToken, Task>? answer))
            {
                await answer(stream, body, _end.Token);
            }
            else
            {
                await WriteAsync(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", _end.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // The caller went, which is what some tests are about.
        }
    }

    private async Task<(string Verb, JsonNode? Body)> ReadAsync(Stream stream)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (head is not [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n'])
        {
            await stream.ReadExactlyAsync(one, _end.Token);
            head.Add(one[0]);
        }

        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n");
        string? length = lines.FirstOrDefault(static line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        byte[] body = new byte[int.Parse(length?[15..] ?? "0", System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _end.Token);
        return (lines[0].Split(' ')[1].TrimStart('/'), body.Length == 0 ? null : JsonNode.Parse(body));
    }
}
