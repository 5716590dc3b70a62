namespace LibNetwork.Cni;

/// <summary>Log events of the CNI plugin: 5100 to 5199. Never renumbered, never reused.</summary>
internal static class EventIds
{
    public const int NotRestored = 5100;
    public const int RollBackFailed = 5101;
    public const int NotGone = 5102;
    public const int AllIsNeeded = 5103;
    public const int NoOutline = 5104;
}
