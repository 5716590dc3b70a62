using System.Net.Sockets;
using System.Text;

namespace LibNetwork.Probe;

/// <summary>A network plugin in a few lines, which builds nothing: it answers Docker's verbs at a socket, and counts what it was asked.</summary>
internal sealed class Plugin : IDisposable
{
    private const int MostBytes = 1 << 16;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<string> _verbs = [];

    private Plugin(string path)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
    }

    public IReadOnlyList<string> Verbs
    {
        get
        {
            lock (_verbs)
            {
                return [.. _verbs];
            }
        }
    }

    /// <summary>Serves at a socket until it is disposed.</summary>
    public static Plugin Start(string path)
    {
        Plugin plugin = new(path);
        _ = plugin.ServeAsync();
        return plugin;
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await _listener.AcceptAsync());
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    /// <summary>Reads what says its length, as the library's requests do, and answers with what the verb demands.</summary>
    private async Task AnswerAsync(Socket caller)
    {
        using Socket _ = caller;
        byte[] buffer = new byte[MostBytes];
        int filled = 0;
        while (await caller.ReceiveAsync(buffer.AsMemory(filled)) is > 0 and int read)
        {
            filled += read;
            string text = Encoding.ASCII.GetString(buffer, 0, filled);
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0 || filled < end + 4 + LengthOf(text[..end]))
            {
                continue;
            }

            filled = 0;
            string verb = text.Split(' ')[1].TrimStart('/');
            lock (_verbs)
            {
                _verbs.Add(verb);
            }

            string body = verb switch
            {
                "Plugin.Activate" => """{"Implements":["NetworkDriver"]}""",
                "NetworkDriver.GetCapabilities" => """{"Scope":"local"}""",
                "NetworkDriver.Join" => """{"DisableGatewayService":true}""",
                _ => "{}",
            };
            await caller.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        }
    }

    private static int LengthOf(string head)
    {
        const string Field = "content-length:";
        string? line = head.Split("\r\n").FirstOrDefault(static line => line.StartsWith(Field, StringComparison.OrdinalIgnoreCase));
        return line is null ? 0 : int.Parse(line[Field.Length..], null);
    }
}
