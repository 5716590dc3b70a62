using System.Net;
using System.Net.Sockets;
using System.Text;
using LibNetwork.ServiceDiscovery;

namespace LibNetwork.ContainerFiles;

/// <summary>A container's resolv.conf, from the host's and from what its user says.</summary>
/// <param name="Text">The text of the file.</param>
/// <param name="Dns">How the sandbox's resolver is to work; without effect where there is none.</param>
public sealed record ContainerResolvConf(string Text, SandboxDns Dns)
{
    private static readonly string[] PublicIPv4 = ["8.8.8.8", "8.8.4.4"];
    private static readonly string[] PublicIPv6 = ["2001:4860:4860::8888", "2001:4860:4860::8844"];

    /// <summary>The address that resolvers inside sandboxes listen on.</summary>
    public static IPAddress ResolverAddress { get; } = new([127, 0, 0, 11]);

    /// <summary>For a sandbox with a resolver of its own: it is the only name server, and asks those of the host or the user.</summary>
    /// <remarks>A valid <c>ndots</c> of host or user is kept, and then names without a dot stay inside; otherwise it is 0.</remarks>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: a domain or option is not a single word.</exception>
    public static ContainerResolvConf ForResolver(HostResolvConf host, ResolvConfOverrides overrides)
    {
        ResolvConf wanted = Merge(host, overrides);
        string[] options = [.. wanted.Options.Where(option => ResolvConf.IsNdots(option) || !IsNdotsAttempt(option))];
        bool isSet = options.Any(ResolvConf.IsNdots);
        SandboxDns dns = new()
        {
            Servers = [.. overrides.Servers.Select(server => new DnsServer(new IPEndPoint(server, DnsServer.DefaultPort)))],
            SearchDomains = wanted.SearchDomains,
            KeepsUndottedNames = isSet,
        };
        string asked = overrides.Servers.Count > 0
            ? string.Join(' ', overrides.Servers)
            : string.Join(' ', wanted.ServerTexts.Select(server => $"host({server})"));
        string[] comments =
        [
            $"Based on {host.Path}; the resolver inside answers for containers.",
            asked.Length > 0 ? $"Names of outside are asked of: {asked}" : "No name server of outside is known.",
            $"ndots is from: {(!isSet ? "the resolver" : overrides.Options.Count > 0 ? "the user" : "the host")}",
        ];
        return new ContainerResolvConf(
            Write([ResolverAddress.ToString()], wanted.SearchDomains, isSet ? options : [.. options, "ndots:0"], wanted.OtherLines, comments), dns);
    }

    /// <summary>For a sandbox without a resolver: the servers that it can reach itself, and public ones when there are none.</summary>
    /// <param name="host">The host's file.</param>
    /// <param name="overrides">What the user says; servers of the user are not judged.</param>
    /// <param name="hasIPv6">Whether the sandbox has IPv6.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: a domain or option is not a single word.</exception>
    public static ContainerResolvConf WithoutResolver(HostResolvConf host, ResolvConfOverrides overrides, bool hasIPv6)
    {
        ResolvConf wanted = Merge(host, overrides);
        string[] servers = overrides.Servers.Count > 0
            ? [.. wanted.ServerTexts]
            : [.. wanted.ServerTexts.Where(server => IsReachable(IPAddress.Parse(server), hasIPv6))];
        bool isPublic = servers.Length == 0;
        servers = isPublic ? [.. PublicIPv4, .. hasIPv6 ? PublicIPv6 : []] : servers;
        string[] comments =
        [
            $"Based on {host.Path}.",
            .. isPublic ? (string[])["None of its name servers can be reached from here: public ones take their place."] : [],
        ];
        return new ContainerResolvConf(
            Write(servers, wanted.SearchDomains, wanted.Options, wanted.OtherLines, comments), new SandboxDns { IsEnabled = false });
    }

    private static ResolvConf Merge(HostResolvConf host, ResolvConfOverrides overrides)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(overrides);
        overrides.Check();
        ResolvConf content = host.Content;
        return content with
        {
            ServerTexts = overrides.Servers.Count > 0 ? [.. overrides.Servers.Select(server => server.ToString())] : content.ServerTexts,
            SearchDomains = overrides.SearchDomains.Count == 0 ? content.SearchDomains : overrides.SearchDomains is ["."] ? [] : overrides.SearchDomains,
            Options = overrides.Options.Count > 0 ? overrides.Options : content.Options,
        };
    }

    private static bool IsNdotsAttempt(string option) => option == "ndots" || option.StartsWith("ndots:", StringComparison.Ordinal);

    private static bool IsReachable(IPAddress server, bool hasIPv6)
        => !IPAddress.IsLoopback(server) && (hasIPv6 || server.AddressFamily == AddressFamily.InterNetwork);

    private static string Write(
        IEnumerable<string> servers, IReadOnlyList<string> search, IReadOnlyList<string> options, IReadOnlyList<string> others, string[] comments)
    {
        StringBuilder text = new();
        foreach (string server in servers)
        {
            text.Append("nameserver ").Append(server).Append('\n');
        }

        foreach ((string keyword, IReadOnlyList<string> values) in new[] { ("search", search), ("options", options) })
        {
            if (values.Count > 0)
            {
                text.Append(keyword).Append(' ').AppendJoin(' ', values).Append('\n');
            }
        }

        foreach (string line in others)
        {
            text.Append(line).Append('\n');
        }

        text.Append('\n');
        foreach (string comment in comments)
        {
            text.Append("# ").Append(comment).Append('\n');
        }

        return text.ToString();
    }
}
