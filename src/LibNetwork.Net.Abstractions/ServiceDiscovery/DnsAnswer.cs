using System.Net;

namespace LibNetwork.ServiceDiscovery;

/// <summary>A question that a resolver has answered.</summary>
public sealed record DnsAnswer
{
    /// <summary>When the answer was sent.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Who asked; <see langword="null"/> for the host itself.</summary>
    public SandboxId? SandboxId { get; init; }

    /// <summary>The container that asked.</summary>
    public string? ContainerId { get; init; }

    /// <summary>What was asked for, with unprintable bytes as <c>\123</c>; <c>.</c> for the root or a message that could not be read.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of record.</summary>
    public DnsRecordType Type { get; init; }

    /// <summary>How it was answered.</summary>
    public DnsResponseCode Code { get; init; }

    /// <summary>The addresses in the answer.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>Who outside answered; <see langword="null"/> when the resolver did itself.</summary>
    public IPEndPoint? Server { get; init; }

    /// <summary>How long outside took; zero when nobody was asked.</summary>
    public TimeSpan Duration { get; init; }
}
