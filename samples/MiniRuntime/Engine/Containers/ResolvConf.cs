using System.Net;
using MiniRuntime.Engine.Model;

namespace MiniRuntime.Engine.Containers;

/// <summary>Writes a container's <c>/etc/resolv.conf</c> from the machine's and from what the user asks.</summary>
internal static class ResolvConf
{
    private const string MachinePath = "/etc/resolv.conf";
    private static readonly string[] PublicServers = ["8.8.8.8", "8.8.4.4"];   // as dockerd, when nobody names one

    /// <summary>The text for a container in a network of its own.</summary>
    public static string For(HostConfig config)
    {
        string[][] machine = ReadMachine();
        string[] servers = config.Dns is { Count: > 0 } asked ? [.. asked] : [.. Values(machine, "nameserver").Where(IsReachable)];
        string[] search = config.DnsSearch is { Count: > 0 } domains ? [.. domains.Where(domain => domain != ".")] : [.. Values(machine, "search")];
        string[] options = config.DnsOptions is { Count: > 0 } given ? [.. given] : [.. Values(machine, "options")];
        return string.Concat((servers.Length > 0 ? servers : PublicServers).Select(server => $"nameserver {server}\n"))
            + Line("search", search) + Line("options", options);
    }

    /// <summary>The text for a container in the host's network, where also servers on loopback are reached.</summary>
    public static string ForHostNetwork(HostConfig config)
        => config is { Dns: not { Count: > 0 }, DnsSearch: not { Count: > 0 }, DnsOptions: not { Count: > 0 } } && File.Exists(MachinePath)
            ? File.ReadAllText(MachinePath)
            : For(config);

    private static string Line(string keyword, string[] values) => values.Length == 0 ? string.Empty : $"{keyword} {string.Join(' ', values)}\n";

    private static string[][] ReadMachine()
        => File.Exists(MachinePath)
            ? [.. File.ReadLines(MachinePath).Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))]
            : [];

    private static IEnumerable<string> Values(string[][] lines, string keyword)
        => lines.Where(words => words.Length > 1 && words[0] == keyword).SelectMany(words => words.Skip(1));

    private static bool IsReachable(string server) => !IPAddress.TryParse(server, out IPAddress? address) || !IPAddress.IsLoopback(address);
}
