using LibNetwork.Drivers.Parents;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Macvlan;

/// <summary>A macvlan network's options, read from its labels. Labels that the driver does not know are not its business.</summary>
internal sealed record MacvlanNetworkOptions : ParentOptions
{
    private MacvlanNetworkOptions(OptionReader reader, bool isInternal)
        : base(reader, isInternal) => Mode = reader.Text(MacvlanLabels.Mode) switch
        {
            null or "" or "bridge" => MacvlanMode.Bridge,
            "private" => MacvlanMode.Private,
            "vepa" => MacvlanMode.Vepa,
            "passthru" => MacvlanMode.Passthru,
            _ => throw reader.Invalid(MacvlanLabels.Mode, "is not bridge, private, vepa or passthru"),
        };

    public MacvlanMode Mode { get; }

    public override bool ReachesNeighbours => Mode == MacvlanMode.Bridge;

    /// <summary>Reads the labels of a network.</summary>
    /// <param name="subject">The network, for errors.</param>
    /// <param name="isInternal">Whether the network was asked for as internal; the label can say so too.</param>
    /// <param name="labels">The labels.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>; its field is the label.</exception>
    public static MacvlanNetworkOptions Parse(string subject, bool isInternal, IReadOnlyDictionary<string, string> labels)
        => new(new OptionReader(subject, labels), isInternal);
}
