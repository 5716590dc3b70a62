namespace LibNetwork;

/// <summary>Log events of the controller (1000 to 1099) and of service discovery (1300 to 1399). Never renumbered, never reused.</summary>
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

    public const int DatagramFailed = 1300;
    public const int ResolverFaulted = 1301;
    public const int ResolvConfLineIgnored = 1302;
    public const int ResolvConfUnreadable = 1303;
    public const int StreamsPaused = 1304;
    public const int ForwardingFailed = 1305;
}
