namespace LibNetwork.Firewall;

/// <summary>Values of one field of a packet, both ends included.</summary>
internal readonly record struct FieldRange(UInt128 First, UInt128 Last)
{
    public bool Contains(UInt128 value) => value >= First && value <= Last;
}
