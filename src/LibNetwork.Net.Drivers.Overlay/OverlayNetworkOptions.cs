using System.Globalization;

namespace LibNetwork.Drivers.Overlay;

/// <summary>What the labels of an overlay network say.</summary>
internal sealed record OverlayNetworkOptions
{
    public const uint MaxVni = 0xffffff;   // 24 bits

    public const string DefaultInterfacePrefix = "eth";

    /// <summary>The identifiers that the user chose, in the order of the subnets.</summary>
    public IReadOnlyList<uint> Vnis { get; init; } = [];

    /// <summary>The MTU of the way between nodes; <see langword="null"/> when the routes say.</summary>
    public int? UnderlayMtu { get; init; }

    /// <summary>Whether traffic between nodes is encrypted.</summary>
    public bool IsEncrypted { get; init; }

    public bool SourceGuard { get; init; } = true;

    public string InterfacePrefix { get; init; } = DefaultInterfacePrefix;

    /// <summary>Reads the labels of a network.</summary>
    /// <param name="subject">The network, for errors.</param>
    /// <param name="labels">The labels.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>; its field is the label.</exception>
    public static OverlayNetworkOptions Parse(string subject, IReadOnlyDictionary<string, string> labels)
    {
        OptionReader reader = new(subject, labels);
        return new OverlayNetworkOptions
        {
            Vnis = [.. reader.Items(OverlayLabels.VniList, ',').Select(item => ReadVni(reader, item))],
            IsEncrypted = reader.Text(OverlayLabels.Encrypted) is not null,
            UnderlayMtu = reader.Number(NetworkLabels.Mtu, Overlay.UnderlayMtu.Least, OptionReader.MaxMtu),
            SourceGuard = reader.Boolean(OverlayLabels.SourceGuard) ?? true,
            InterfacePrefix = reader.InterfacePrefix(),
        };
    }

    private static uint ReadVni(OptionReader reader, string item)
        => uint.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out uint vni) && vni is > 0 and <= MaxVni
            ? vni
            : throw reader.Invalid(OverlayLabels.VniList, $"is not a list of numbers from 1 to {MaxVni}");
}
