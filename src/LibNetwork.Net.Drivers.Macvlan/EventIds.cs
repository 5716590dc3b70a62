namespace LibNetwork.Drivers.Macvlan;

/// <summary>The log events of this project: 3200 to 3299. A number is never reused.</summary>
internal static class EventIds
{
    public const int NetworkCreated = 3200;
    public const int NetworkDeleted = 3201;
    public const int PortsIgnored = 3202;
    public const int RollbackIncomplete = 3203;
}
