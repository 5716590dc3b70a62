namespace LibNetwork.Flows;

/// <summary>How values of a field are written.</summary>
internal enum FieldKind
{
    Bytes,
    Number,
    Name,
    Address,
    Hardware,
    Port,
    Protocol,
    Family,
    EtherType,
    Mark,
    State,
    Status,
    AddressType,
    Presence,
}
