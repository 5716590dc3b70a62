namespace LibNetwork.Stores.Sqlite;

/// <summary>Settings of the store in an SQLite file.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>What is done about a file that is damaged: cut short, overwritten, or with bytes that changed.</summary>
    /// <value>The default is <see cref="DamagedStore.Refuse"/>.</value>
    public DamagedStore WhenDamaged { get; set; }
}
