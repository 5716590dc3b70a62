using LibNetwork.Drivers.Parents;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Ipvlan;

/// <summary>An ipvlan network's options, read from its labels. Labels that the driver does not know are not its business.</summary>
internal sealed record IpvlanNetworkOptions : ParentOptions
{
    private IpvlanNetworkOptions(OptionReader reader, bool isInternal)
        : base(reader, isInternal)
    {
        Mode = reader.Text(IpvlanLabels.Mode) switch
        {
            null or "" or "l2" => IpvlanMode.L2,
            "l3" => IpvlanMode.L3,
            "l3s" => IpvlanMode.L3S,
            _ => throw reader.Invalid(IpvlanLabels.Mode, "is not l2, l3 or l3s"),
        };
        Flags = reader.Text(IpvlanLabels.Flag) switch
        {
            null or "" or "bridge" => IpvlanFlags.Bridge,
            "private" => IpvlanFlags.Private,
            "vepa" => IpvlanFlags.Vepa,
            _ => throw reader.Invalid(IpvlanLabels.Flag, "is not bridge, private or vepa"),
        };
    }

    public IpvlanMode Mode { get; }

    public IpvlanFlags Flags { get; }

    public override bool ReachesNeighbours => Flags == IpvlanFlags.Bridge;

    public override bool IsRouted => Mode != IpvlanMode.L2;

    /// <summary>Reads the labels of a network.</summary>
    /// <param name="subject">The network, for errors.</param>
    /// <param name="isInternal">Whether the network was asked for as internal; the label can say so too.</param>
    /// <param name="labels">The labels.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>; its field is the label.</exception>
    public static IpvlanNetworkOptions Parse(string subject, bool isInternal, IReadOnlyDictionary<string, string> labels)
        => new(new OptionReader(subject, labels), isInternal);
}
