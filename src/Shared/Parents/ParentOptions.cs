namespace LibNetwork.Drivers.Parents;

/// <summary>What the options of all networks with a parent have in common.</summary>
internal abstract record ParentOptions
{
    /// <summary>The label, as Docker calls it.</summary>
    public const string ParentLabel = "parent";

    /// <summary>The label of <see cref="HostAccess"/>; ours, Docker has none.</summary>
    public const string HostAccessLabel = "libnetwork.host_access";

    protected ParentOptions(OptionReader reader, bool isInternal)
    {
        Parent = string.IsNullOrEmpty(reader.Text(ParentLabel)) ? null : reader.Interface(ParentLabel);
        if (Parent is { Value: "lo" })
        {
            throw reader.Invalid(ParentLabel, "has no wire");
        }

        Mtu = (uint?)reader.Mtu();
        Internal = isInternal || Parent is null || reader.Boolean(NetworkLabels.Internal) == true;
        InterfacePrefix = reader.InterfacePrefix();
        HostAccess = reader.Boolean(HostAccessLabel) == true;
    }

    public InterfaceName? Parent { get; }

    public uint? Mtu { get; }

    public bool Internal { get; }

    public string InterfacePrefix { get; }

    /// <summary>Whether host and endpoints reach each other, by an interface of the host's own.</summary>
    public bool HostAccess { get; }

    /// <summary>Whether the interfaces of the parent reach each other.</summary>
    public abstract bool ReachesNeighbours { get; }

    /// <summary>Whether endpoints are behind a router, so that the way out is the interface itself and no gateway.</summary>
    public virtual bool IsRouted => false;
}
