namespace LibNetwork.Drivers.Parents;

/// <summary>What the options of all networks with a parent have in common.</summary>
internal abstract record ParentOptions
{
    /// <summary>The label, as Docker calls it.</summary>
    public const string ParentLabel = "parent";

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
    }

    public InterfaceName? Parent { get; }

    public uint? Mtu { get; }

    public bool Internal { get; }

    public string InterfacePrefix { get; }

    /// <summary>Whether endpoints are behind a router, so that the way out is the interface itself and no gateway.</summary>
    public virtual bool IsRouted => false;
}
