using LibNetwork.Cni.Results;

namespace LibNetwork.Cni.Configuration;

/// <summary>Where addresses come from, in the words of the reference plugin <c>host-local</c>.</summary>
internal sealed record IpamConfiguration
{
    public string? Type { get; init; }

    /// <summary>Sets of ranges; each gives a container one address.</summary>
    public IReadOnlyList<IReadOnlyList<RangeConfiguration>> Ranges { get; init; } = [];

    /// <summary>A range beside those, which older configurations say without a list.</summary>
    public RangeConfiguration? Only { get; init; }

    public IReadOnlyList<ResultRoute> Routes { get; init; } = [];

    /// <summary>A <c>resolv.conf</c> whose contents are handed on to the runtime.</summary>
    public string? ResolvConf { get; init; }
}
