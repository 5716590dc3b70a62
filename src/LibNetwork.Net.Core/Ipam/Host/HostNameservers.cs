using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Ipam.Host;

/// <summary>The name servers that the host asks; a pool that covers one would cut the host off from it.</summary>
internal static class HostNameservers
{
    private const string Directive = "nameserver";
    private const string LocalStub = "127.0.0.53";
    private const string BehindStub = "/run/systemd/resolve/resolv.conf";

    private static readonly char[] Blanks = [' ', '\t'];

    /// <summary>Reads a resolv.conf, and behind systemd's local stub the one with the real servers. A file that is not there has none.</summary>
    public static IReadOnlyList<Subnet> Read(string path)
    {
        IReadOnlyList<Subnet> servers = ReadFile(path);
        return servers is [{ } only] && only.BaseAddress.ToString() == LocalStub ? ReadFile(BehindStub) : servers;
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

    private static IReadOnlyList<Subnet> ReadFile(string path) => File.Exists(path) ? Parse(File.ReadAllText(path)) : [];
}
