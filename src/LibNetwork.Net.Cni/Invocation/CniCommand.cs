namespace LibNetwork.Cni.Invocation;

/// <summary>What a runtime can ask for.</summary>
internal enum CniCommand
{
    Add,
    Del,
    Check,
    Gc,
    Status,
    Version,
}
