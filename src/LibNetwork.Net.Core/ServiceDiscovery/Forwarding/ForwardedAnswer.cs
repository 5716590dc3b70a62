using System.Net;

namespace LibNetwork.ServiceDiscovery.Forwarding;

/// <summary>What came of asking outside.</summary>
/// <param name="Reply">The answer as it came, with an id of its own; <see langword="null"/> when there is none.</param>
/// <param name="Code">How it was answered.</param>
/// <param name="Server">Who answered.</param>
/// <param name="MayAsk">Whether the client may ask for names of outside at all.</param>
internal sealed record ForwardedAnswer(byte[]? Reply, DnsResponseCode Code, IPEndPoint? Server, bool MayAsk = true)
{
    /// <summary>Nobody knew, or nobody answered.</summary>
    public static ForwardedAnswer Failed { get; } = new(null, DnsResponseCode.ServerFailure, null);

    /// <summary>Too many questions at once.</summary>
    public static ForwardedAnswer TooMany { get; } = new(null, DnsResponseCode.Refused, null);

    /// <summary>There is no way out.</summary>
    public static ForwardedAnswer NoWayOut { get; } = new(null, DnsResponseCode.Refused, null, MayAsk: false);
}
