namespace LibNetwork.Drivers.Ipvlan;

/// <summary>The log events of this project: 3300 to 3399. A number is never reused.</summary>
internal static class EventIds
{
    public const int NetworkCreated = 3300;
    public const int NetworkDeleted = 3301;
    public const int PortsIgnored = 3302;
    public const int RollbackIncomplete = 3303;
}
