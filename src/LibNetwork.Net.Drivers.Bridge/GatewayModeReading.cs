namespace LibNetwork.Drivers.Bridge;

/// <summary>Reads the labels of gateway modes.</summary>
internal static class GatewayModeReading
{
    public static GatewayMode Mode(this OptionReader reader, string label) => reader.Text(label) switch
    {
        null or "" or "nat" => GatewayMode.Nat,
        "nat-unprotected" => GatewayMode.NatUnprotected,
        "routed" => GatewayMode.Routed,
        "isolated" => GatewayMode.Isolated,
        _ => throw reader.Invalid(label, "is not nat, nat-unprotected, routed or isolated"),
    };
}
