using System.Net;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>A packet whose route is asked for.</summary>
public sealed record RouteQuestion
{
    /// <summary>Where it goes.</summary>
    public required IPAddress Destination { get; init; }

    /// <summary>The address that it is sent from; <see langword="null"/> lets the route choose, for packets of this host.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>The index of the interface that it comes in by; <see langword="null"/> for packets of this host.</summary>
    public int? InputInterface { get; init; }

    /// <summary>The index of the interface that it must leave by.</summary>
    public int? OutputInterface { get; init; }

    /// <summary>Its mark.</summary>
    public uint Mark { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Source is null ? Destination.ToString() : $"{Source} to {Destination}";
}
