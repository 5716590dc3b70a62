namespace LibNetwork.Stores.Sqlite;

/// <summary>Log events of the SQLite store: 4000 to 4099. Never renumbered, never reused.</summary>
internal static class EventIds
{
    public const int SetAside = 4000;
    public const int Migrated = 4001;
}
