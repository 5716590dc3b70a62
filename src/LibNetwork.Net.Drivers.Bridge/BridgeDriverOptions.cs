namespace LibNetwork.Drivers.Bridge;

/// <summary>Settings of the bridge driver that hold for the whole host.</summary>
public sealed record BridgeDriverOptions
{
    /// <summary>Whether the driver turns the host's IP forwarding on when a network with a way out needs it.</summary>
    /// <value>The default is <see langword="true"/>. Forwarding is never turned off again, except when that create fails.</value>
    public bool EnableForwarding { get; set; } = true;

    /// <summary>What the names of the host's ends of cables begin with; seven hexadecimal digits follow.</summary>
    /// <value>1 to 8 characters that an interface's name may have; the default is <c>veth</c>.</value>
    public string HostInterfacePrefix { get; set; } = "veth";

    /// <summary>The MTU of bridges and endpoints of networks that do not say their own, in bytes.</summary>
    /// <value>68 to 65535; the default, <see langword="null"/>, leaves it to the kernel (1500).</value>
    public int? Mtu { get; set; }
}
