using LibNetwork.Cni.Configuration;
using LibNetwork.Cni.Errors;

namespace LibNetwork.Cni.Results;

/// <summary>What a container's resolver should know: what the configuration says, or else what a file says that it names.</summary>
internal static class DnsResult
{
    /// <exception cref="CniException"><see cref="CniErrorCode.InputOutput"/>: the file cannot be read.</exception>
    public static async Task<DnsConfiguration> ReadAsync(NetworkConfiguration configuration, CancellationToken cancellationToken)
    {
        if (configuration.Dns is { Nameservers.Count: > 0 } or { Search.Count: > 0 } or { Options.Count: > 0 } or { Domain.Length: > 0 })
        {
            return configuration.Dns;
        }

        if (configuration.Ipam?.ResolvConf is not { Length: > 0 } path)
        {
            return new DnsConfiguration();
        }

        try
        {
            return Parse(await File.ReadAllLinesAsync(path, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CniException(CniErrorCode.InputOutput, $"ipam.resolvConf: {failure.Message}", inner: failure);
        }
    }

    private static DnsConfiguration Parse(IEnumerable<string> lines)
    {
        List<string> nameservers = [], search = [], options = [];
        string? domain = null;
        foreach (string[] words in lines.Select(static line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)))
        {
            switch (words)
            {
                case ["nameserver", var server, ..]:
                    nameservers.Add(server);
                    break;
                case ["domain", var own, ..]:
                    domain = own;
                    break;
                case ["search", .. var domains]:
                    search.AddRange(domains);
                    break;
                case ["options", .. var chosen]:
                    options.AddRange(chosen);
                    break;
            }
        }

        return new DnsConfiguration
        {
            Nameservers = nameservers.Count > 0 ? nameservers : null,
            Domain = domain,
            Search = search.Count > 0 ? search : null,
            Options = options.Count > 0 ? options : null,
        };
    }
}
