using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Macvlan;

/// <summary>A macvlan network's options, read from its labels. Labels that the driver does not know are not its business.</summary>
internal sealed record MacvlanNetworkOptions
{
    public InterfaceName? Parent { get; init; }

    public MacvlanMode Mode { get; init; } = MacvlanMode.Bridge;

    public uint? Mtu { get; init; }

    public bool Internal { get; init; }

    public string InterfacePrefix { get; init; } = "eth";

    /// <summary>Reads the labels of a network.</summary>
    /// <param name="subject">The network, for errors.</param>
    /// <param name="isInternal">Whether the network was asked for as internal; the label can say so too.</param>
    /// <param name="labels">The labels.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>; its field is the label.</exception>
    public static MacvlanNetworkOptions Parse(string subject, bool isInternal, IReadOnlyDictionary<string, string> labels)
    {
        OptionReader reader = new(subject, labels);
        InterfaceName? parent = string.IsNullOrEmpty(reader.Text(MacvlanLabels.Parent)) ? null : reader.Interface(MacvlanLabels.Parent);
        return new MacvlanNetworkOptions
        {
            Parent = parent is { Value: "lo" } ? throw reader.Invalid(MacvlanLabels.Parent, "has no wire") : parent,
            Mode = reader.Text(MacvlanLabels.Mode) switch
            {
                null or "" or "bridge" => MacvlanMode.Bridge,
                "private" => MacvlanMode.Private,
                "vepa" => MacvlanMode.Vepa,
                "passthru" => MacvlanMode.Passthru,
                _ => throw reader.Invalid(MacvlanLabels.Mode, "is not bridge, private, vepa or passthru"),
            },
            Mtu = (uint?)reader.Mtu(),
            Internal = isInternal || parent is null || reader.Boolean(NetworkLabels.Internal) == true,
            InterfacePrefix = reader.InterfacePrefix(),
        };
    }
}
