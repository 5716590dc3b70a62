namespace LibNetwork.Stores.Etcd;

/// <summary>Log events of the etcd store: 4100 to 4199. Never renumbered, never reused.</summary>
internal static class EventIds
{
    public const int SessionRenewed = 4100;
}
