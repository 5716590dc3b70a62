using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.TestSupport;

/// <summary>What a host's kernel holds, as lines of text that can be compared.</summary>
public static class KernelSnapshot
{
    private const int LocalTable = 255;   // follows from the addresses, for IPv6 a moment later

    /// <summary>Links, addresses, routes and firewall tables of a host, and the files of its run directory.</summary>
    public static async Task<IReadOnlyList<string>> TakeAsync(TestHost host)
    {
        List<string> lines = [.. await TakeAsync(host.NamespacePath)];
        lines.AddRange(await host.Namespace.RunInsideAsync(ReadSockets));
        lines.AddRange(Directory.EnumerateFiles(host.Folder, "*", SearchOption.AllDirectories).Select(path => $"file {path}"));
        lines.AddRange(File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains(host.Folder, StringComparison.Ordinal))
            .Select(line => $"mount {line.Split(' ')[4]}"));
        lines.AddRange((await Nft.ListAsync(host)).Split('\n').Where(line => line.Length > 0).Select(line => $"nft {line}"));
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    /// <summary>Links, addresses and routes of one namespace.</summary>
    public static async Task<IReadOnlyList<string>> TakeAsync(string namespacePath)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = namespacePath });
        return await kernel.RunAsync(static (session, _) => Read(session), 0);
    }

    /// <summary>Sockets that wait for peers.</summary>
    private static List<string> ReadSockets()
    {
        const int Local = 1, State = 3;
        const string Listening = "0A", Unconnected = "07";
        List<string> lines = [];
        foreach (string table in (string[])["tcp", "tcp6", "udp", "udp6"])
        {
            foreach (string line in File.ReadAllLines($"/proc/thread-self/net/{table}").Skip(1))
            {
                string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields[State] is Listening or Unconnected)
                {
                    lines.Add($"socket {table} {fields[Local]}");
                }
            }
        }

        return lines;
    }

    private static List<string> Read(KernelSession session)
    {
        List<string> lines = [];
        Dictionary<int, string> names = [];
        foreach (LinkInfo link in session.Route.DumpLinks())
        {
            names[link.Index] = link.Name;
            if (link.Group != LinkReaper.CondemnedGroup)
            {
                lines.Add($"link {link.Name} {link.Kind} up={link.Up} mtu={link.Mtu} master={link.Master} alias={link.Alias}");
            }
        }

        // The kernel gives each link that is up a link-local address of its own, a moment later; that is nobody's doing.
        lines.AddRange(session.Route.DumpAddresses().Where(address => !address.Address.IsIPv6LinkLocal).Select(address => $"address {NameOf(address.Index)} {address.Address}/{address.PrefixLength}"));
        lines.AddRange(session.Route.DumpRoutes()
            .Where(route => route.Table != LocalTable && !route.Destination.BaseAddress.IsIPv6LinkLocal && !route.Destination.BaseAddress.IsIPv6Multicast).Select(route => $"route {route.Table} {route.Destination} {route.Gateway} {NameOf(route.OutputInterface)}"));
        return lines;

        // Indexes are never used again, and nobody names a link by one.
        string NameOf(int? index) => names.GetValueOrDefault(index ?? 0, $"{index}");
    }
}
