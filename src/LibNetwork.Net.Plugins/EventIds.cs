namespace LibNetwork.Plugins;

/// <summary>The log events of this project: 3600 to 3699. A number is never reused.</summary>
internal static class EventIds
{
    public const int VerbRefused = 3600;
    public const int VerbFailed = 3601;
    public const int RequestUnreadable = 3602;
    public const int Restored = 3603;
    public const int RestoreFailed = 3604;
    public const int RollbackIncomplete = 3605;
    public const int AddressesNotTakenBack = 3606;
}
