namespace LibNetwork.Drivers.Overlay;

/// <summary>The log events of this project: 3100 to 3199. A number is never reused.</summary>
internal static class EventIds
{
    public const int NetworkCreated = 3100;
    public const int NetworkDeleted = 3101;
    public const int RollbackIncomplete = 3102;
    public const int SegmentsBuilt = 3103;
    public const int SegmentsGone = 3104;
    public const int HostInterfaceNameTaken = 3105;
    public const int MtuChanged = 3106;
    public const int UnderlayNotRead = 3107;
    public const int PeersTakenUp = 3108;
    public const int KeyBegun = 3120;
    public const int KeyEnded = 3121;
    public const int KeysNotFollowed = 3122;
}
