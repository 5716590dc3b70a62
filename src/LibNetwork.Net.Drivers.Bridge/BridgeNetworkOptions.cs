using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Drivers.Bridge;

/// <summary>A bridge network's options, read from its labels. Labels that the driver does not know are not its business.</summary>
internal sealed record BridgeNetworkOptions
{
    public InterfaceName? BridgeName { get; init; }

    public bool IsDefaultBridge { get; init; }

    public int? Mtu { get; init; }

    public bool? EnableIPv4 { get; init; }

    public bool? EnableIPv6 { get; init; }

    public bool Internal { get; init; }

    public bool Masquerade { get; init; } = true;

    public bool InterContainer { get; init; } = true;

    public GatewayMode GatewayModeIPv4 { get; init; }

    public GatewayMode GatewayModeIPv6 { get; init; }

    public bool InhibitIPv4 { get; init; }

    public IPAddress? HostBinding { get; init; }

    public IReadOnlyList<InterfaceName> TrustedHostInterfaces { get; init; } = [];

    public IPAddress? HostIPv4 { get; init; }

    public IPAddress? HostIPv6 { get; init; }

    public bool SourceGuard { get; init; } = true;

    public bool Hairpin { get; init; }

    public bool DefaultRouteIPv4 { get; init; } = true;

    public bool DefaultRouteIPv6 { get; init; } = true;

    public IReadOnlyList<SandboxRoute> Routes { get; init; } = [];

    public string InterfacePrefix { get; init; } = "eth";

    /// <summary>Reads the labels of a network.</summary>
    /// <param name="subject">The network, for errors.</param>
    /// <param name="isInternal">Whether the network was asked for as internal; the label can say so too.</param>
    /// <param name="labels">The labels.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>; its field is the label.</exception>
    public static BridgeNetworkOptions Parse(string subject, bool isInternal, IReadOnlyDictionary<string, string> labels)
    {
        OptionReader reader = new(subject, labels);
        BridgeNetworkOptions options = new()
        {
            BridgeName = ReadBridgeName(reader),
            IsDefaultBridge = reader.Boolean(BridgeLabels.DefaultBridge) ?? false,
            Mtu = reader.Mtu(),
            EnableIPv4 = reader.Boolean(NetworkLabels.EnableIPv4),
            EnableIPv6 = reader.Boolean(NetworkLabels.EnableIPv6),
            Internal = (reader.Boolean(NetworkLabels.Internal) ?? false) || isInternal,
            Masquerade = reader.Boolean(BridgeLabels.EnableMasquerade) ?? true,
            InterContainer = reader.Boolean(BridgeLabels.EnableInterContainer) ?? true,
            GatewayModeIPv4 = reader.Mode(BridgeLabels.GatewayModeIPv4),
            GatewayModeIPv6 = reader.Mode(BridgeLabels.GatewayModeIPv6),
            InhibitIPv4 = reader.Boolean(BridgeLabels.InhibitIPv4) ?? false,
            HostBinding = reader.Address(BridgeLabels.HostBinding),
            TrustedHostInterfaces =
                [.. reader.Items(BridgeLabels.TrustedHostInterfaces, ':').Select(static name => new InterfaceName(name, BridgeLabels.TrustedHostInterfaces))],
            HostIPv4 = reader.Address(BridgeLabels.HostIPv4, AddressFamily.InterNetwork),
            HostIPv6 = reader.Address(BridgeLabels.HostIPv6, AddressFamily.InterNetworkV6),
            SourceGuard = reader.Boolean(BridgeLabels.SourceGuard) ?? true,
            Hairpin = reader.Boolean(BridgeLabels.Hairpin) ?? false,
            DefaultRouteIPv4 = reader.Boolean(BridgeLabels.DefaultRouteIPv4) ?? true,
            DefaultRouteIPv6 = reader.Boolean(BridgeLabels.DefaultRouteIPv6) ?? true,
            Routes = reader.Routes(BridgeLabels.Routes),
            InterfacePrefix = reader.InterfacePrefix(),
        };
        RequireInternal(options, options.GatewayModeIPv4, reader, BridgeLabels.GatewayModeIPv4);
        RequireInternal(options, options.GatewayModeIPv6, reader, BridgeLabels.GatewayModeIPv6);
        return options;
    }

    private static InterfaceName? ReadBridgeName(OptionReader reader)
    {
        InterfaceName? name = reader.Interface(BridgeLabels.BridgeName);

        // The kernel would take it, but its parameters lie below a folder of that name.
        return name?.Value.Contains("..", StringComparison.Ordinal) == true
            ? throw reader.Invalid(BridgeLabels.BridgeName, "contains \"..\"")
            : name;
    }

    private static void RequireInternal(BridgeNetworkOptions options, GatewayMode mode, OptionReader reader, string label)
    {
        if (mode == GatewayMode.Isolated && !options.Internal)
        {
            throw reader.Invalid(label, "needs an internal network");
        }
    }
}
