namespace LibNetwork.Drivers.Remote;

/// <summary>The log events of this project: 3500 to 3599. A number is never reused.</summary>
internal static class EventIds
{
    public const int PluginActivated = 3500;
    public const int PluginAwaited = 3501;
    public const int CertificateUnchecked = 3502;
    public const int DescriptionRefused = 3503;
    public const int RestoredObjectUnknown = 3504;
    public const int RollbackIncomplete = 3505;
    public const int CapabilitiesRefused = 3506;
    public const int PortMapUnreadable = 3507;
}
