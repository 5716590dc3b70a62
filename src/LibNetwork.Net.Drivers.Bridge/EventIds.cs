namespace LibNetwork.Drivers.Bridge;

/// <summary>The log events of this project: 3000 to 3099. A number is never reused.</summary>
internal static class EventIds
{
    public const int NetworkCreated = 3000;
    public const int NetworkDeleted = 3001;
    public const int RollbackIncomplete = 3002;
    public const int BridgeAdopted = 3003;
    public const int ForwardingEnabled = 3004;
    public const int HostInterfaceNameTaken = 3005;
}
