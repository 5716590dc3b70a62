using System.Net;

namespace LibNetwork.ContainerFiles;

/// <summary>What a container's user says instead of the host's resolv.conf; each list replaces the host's as a whole.</summary>
public sealed record ResolvConfOverrides
{
    /// <summary>Name servers; none for the host's.</summary>
    public IReadOnlyList<IPAddress> Servers { get; init; } = [];

    /// <summary>Domains that are tried behind a name; none for the host's, <c>.</c> alone for no domain at all.</summary>
    public IReadOnlyList<string> SearchDomains { get; init; } = [];

    /// <summary>Options; none for the host's.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Checks that domains and options are single words: nobody writes lines of a file by way of them.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>.</exception>
    internal void Check()
    {
        foreach ((IReadOnlyList<string> values, string field) in new[] { (SearchDomains, nameof(SearchDomains)), (Options, nameof(Options)) })
        {
            foreach (string value in values)
            {
                if (value.Length == 0 || value.Any(character => char.IsControl(character) || char.IsWhiteSpace(character) || character is '#' or ';'))
                {
                    throw NetworkException.InvalidArgument("resolv.conf", field, $"\"{ContainerText.Escape(value)}\" is not a single word");
                }
            }
        }
    }
}
