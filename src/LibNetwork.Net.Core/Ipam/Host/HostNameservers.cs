using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Ipam.Host;

/// <summary>The name servers that the host asks; a pool that covers one would cut the host off from it.</summary>
/// <param name="path">The host's resolv.conf. It is read again only when it has changed.</param>
/// <param name="time">The clock.</param>
internal sealed class HostNameservers(string path, TimeProvider time)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);   // it is asked for at every choice of a pool

    private const string Directive = "nameserver";
    private const string LocalStub = "127.0.0.53";
    private const string BehindStub = "/run/systemd/resolve/resolv.conf";

    private static readonly char[] Blanks = [' ', '\t'];

    private readonly Lock _gate = new();
    private readonly KnownFile _file = new(path);
    private readonly KnownFile _behindStub = new(BehindStub);
    private IReadOnlyList<Subnet>? _servers;
    private long _looked;

    /// <summary>What the file says, and behind systemd's local stub the one with the real servers. A file that is not there has none.</summary>
    public IReadOnlyList<Subnet> Read()
    {
        lock (_gate)
        {
            if (_servers is null || time.GetElapsedTime(_looked) >= LookInterval)
            {
                _servers = Look();
                _looked = time.GetTimestamp();
            }

            return _servers;
        }
    }

    public static IReadOnlyList<Subnet> Parse(string text)
    {
        List<Subnet> servers = [];
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split('#', ';')[0].Split(Blanks, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words is [Directive, { } address, ..] && IPAddress.TryParse(address.Split('%')[0], out IPAddress? server))
            {
                servers.Add(new Subnet(server, server.AddressFamily == AddressFamily.InterNetwork ? 32 : 128));
            }
        }

        return servers;
    }

    private IReadOnlyList<Subnet> Look()
    {
        IReadOnlyList<Subnet> servers = _file.Read();
        return servers is [{ } only] && only.BaseAddress.ToString() == LocalStub ? _behindStub.Read() : servers;
    }

    private sealed class KnownFile(string path)
    {
        private (DateTime Written, long Length)? _seen;
        private IReadOnlyList<Subnet> _servers = [];

        public IReadOnlyList<Subnet> Read()
        {
            FileInfo info = new(path);
            (DateTime, long) now = info.Exists ? (info.LastWriteTimeUtc, info.Length) : default;
            if (_seen != now)
            {
                _servers = info.Exists ? Parse(File.ReadAllText(path)) : [];
                _seen = now;
            }

            return _servers;
        }
    }
}
