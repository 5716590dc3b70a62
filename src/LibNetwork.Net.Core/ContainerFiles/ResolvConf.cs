using System.Globalization;
using System.Net;
using LibNetwork.ServiceDiscovery;

namespace LibNetwork.ContainerFiles;

/// <summary>What a resolv.conf says. Reading one never fails: lines that cannot be followed are in <see cref="Remarks"/>.</summary>
public sealed record ResolvConf
{
    private const int MaxLineLength = 65536;
    private const int MostServers = 3;

    /// <summary>A file that says nothing.</summary>
    public static ResolvConf Empty { get; } = new();

    /// <summary>The name servers in order, as written.</summary>
    public IReadOnlyList<string> ServerTexts { get; init; } = [];

    /// <summary>The domains that are tried behind a name.</summary>
    public IReadOnlyList<string> SearchDomains { get; init; } = [];

    /// <summary>The options of all lines.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Lines with other keywords, as written.</summary>
    public IReadOnlyList<string> OtherLines { get; init; } = [];

    /// <summary>The lines that are not followed.</summary>
    public IReadOnlyList<ResolvConfRemark> Remarks { get; init; } = [];

    /// <summary>The name servers in order, on the port of the name service.</summary>
    public IReadOnlyList<IPEndPoint> Servers => [.. ServerTexts.Select(text => new IPEndPoint(IPAddress.Parse(text), DnsServer.DefaultPort))];

    /// <summary>Reads a file's text.</summary>
    public static ResolvConf Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> servers = [], options = [], others = [];
        List<ResolvConfRemark> remarks = [];
        string[] search = [];
        int number = 0;
        foreach (string raw in text.TrimStart('\ufeff').Split('\n'))
        {
            number++;
            string line = raw.TrimEnd('\r');
            if (line.Length == 0 || line[0] is '#' or ';' || string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            string? problem = line.Length > MaxLineLength ? $"it has {line.Length} characters, more than {MaxLineLength}"
                : line.Any(character => char.IsControl(character) && character != '\t') ? "it has a control character"
                : char.IsWhiteSpace(line[0]) ? "the keyword must begin the line"
                : null;
            string[] words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            problem ??= words[0] switch
            {
                "nameserver" => AddServer(servers, words),
                "domain" or "search" => words.Length > 1 ? Set(ref search, words[1..]) : "it names no domain",
                "options" => Add(options, words[1..]),
                _ => Add(others, [line]),
            };
            if (problem is not null)
            {
                remarks.Add(new ResolvConfRemark(number, problem));
            }
        }

        return new ResolvConf { ServerTexts = servers, SearchDomains = search, Options = options, OtherLines = others, Remarks = remarks };
    }

    /// <summary>The value of an option that is written <c>name:value</c>; of several the last counts.</summary>
    /// <returns>The value, empty for an option without one; <see langword="null"/> when it is not there.</returns>
    public string? Option(string name)
    {
        string? last = Options.LastOrDefault(option => option == name || option.StartsWith(name + ":", StringComparison.Ordinal));
        return last is null ? null : last.Length == name.Length ? string.Empty : last[(name.Length + 1)..];
    }

    /// <summary>Whether an option is a valid <c>ndots:NUMBER</c>.</summary>
    internal static bool IsNdots(string option)
        => option.StartsWith("ndots:", StringComparison.Ordinal)
            && uint.TryParse(option.AsSpan("ndots:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static string? AddServer(List<string> servers, string[] words)
    {
        if (words.Length < 2)
        {
            return "it names no server";
        }

        if (!IPAddress.TryParse(words[1], out IPAddress? address) || (!words[1].Contains(':') && words[1].Split('.').Length != 4))
        {
            return $"\"{words[1]}\" is not an address";
        }

        if (servers.Contains(words[1], StringComparer.Ordinal))
        {
            return $"{address} is named above already";
        }

        servers.Add(words[1]);
        return servers.Count > MostServers ? $"{address} is not asked: the first {MostServers} servers count"
            : words.Length > 2 && words[2][0] is not ('#' or ';') ? $"only {address} is followed: a line names one server"
            : null;
    }

    private static string? Set(ref string[] target, string[] values)
    {
        target = values;
        return null;
    }

    private static string? Add(List<string> target, string[] values)
    {
        target.AddRange(values);
        return null;
    }
}
