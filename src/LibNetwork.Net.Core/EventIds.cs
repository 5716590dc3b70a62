namespace LibNetwork;

/// <summary>Log events of the controller (1000 to 1199), of service discovery (1300 to 1399) and of the cluster (1450 to 1499). Never renumbered, never reused.</summary>
internal static class EventIds
{
    public const int NetworkCreated = 1000;
    public const int NetworkDeleted = 1001;
    public const int RollBackFailed = 1002;
    public const int SandboxCreated = 1003;
    public const int SandboxDeleted = 1004;
    public const int GatewayNetworkMissing = 1005;
    public const int GatewayEndpointStays = 1006;
    public const int Restored = 1007;
    public const int NotRestored = 1008;
    public const int Rebuilt = 1009;
    public const int NotRebuilt = 1010;
    public const int Repaired = 1040;
    public const int RepairFailed = 1041;
    public const int RepairSuspended = 1042;
    public const int LeftAlone = 1043;
    public const int ChangesLost = 1044;
    public const int WatchingFailed = 1045;
    public const int SandboxesNotWatched = 1046;

    public const int PublishingRollBackFailed = 1050;
    public const int RelayAcceptFailed = 1051;
    public const int RelayConnectionFailed = 1052;
    public const int RelayDatagramLost = 1053;

    public const int PoolCollision = 1100;
    public const int PoolCollisionsUnreported = 1101;
    public const int HostRangesNotRead = 1102;
    public const int PoolCollisionsNotReported = 1103;

    public const int DatagramFailed = 1300;
    public const int ResolverFaulted = 1301;
    public const int ResolvConfLineIgnored = 1302;
    public const int ResolvConfUnreadable = 1303;
    public const int StreamsPaused = 1304;
    public const int ForwardingFailed = 1305;
    public const int EgressNameRefused = 1306;
    public const int EgressNamesFull = 1307;
    public const int EgressNameFailed = 1308;

    public const int NodeJoined = 1450;
    public const int NodeCutOff = 1451;
    public const int NodeReconnected = 1452;
    public const int HoldingLost = 1453;
    public const int NodeLeft = 1454;
    public const int NodeStillCutOff = 1455;
    public const int ReplicaReadAnew = 1456;
    public const int NodeUnreadable = 1457;
    public const int NotGivenBack = 1458;
    public const int NotAnnounced = 1459;
    public const int AnnouncementRefused = 1460;
    public const int StillAnnounced = 1461;
    public const int RemoteEndpointLeftOut = 1462;
    public const int RemoteEndpointsNotApplied = 1463;
    public const int PeersNotForgotten = 1464;
    public const int RemoteEndpointUnreadable = 1465;

    public const int KeysUnreadable = 1466;
    public const int KeysNotWritten = 1467;
    public const int KeysNotTold = 1468;
    public const int KeysRefused = 1469;

    public const int SharedNetworkUnreadable = 1470;
    public const int SharedNetworkAppeared = 1471;
    public const int SharedNetworkGone = 1472;
    public const int SharedNetworkNameTaken = 1473;
    public const int SharedNetworkNotTakenUp = 1474;
    public const int SharedNetworkDeserted = 1475;
    public const int SharedAddressLost = 1476;
    public const int SharedNetworkUnsettled = 1477;
}
