namespace LibNetwork.Stores.Sqlite;

/// <summary>Settings of the store in an SQLite file.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>What is done about a file that is damaged: cut short, overwritten, or with bytes that changed.</summary>
    /// <value>The default is <see cref="DamagedStore.Refuse"/>.</value>
    public DamagedStore WhenDamaged { get; set; }

    /// <summary>
    /// Whether entries are read when they are asked for, so that opening a large store costs no more than a small one: for a process that needs few of them.
    /// An entry that is damaged is found when it is read, with <see cref="NetworkErrorKind.Unavailable"/>; the file as a whole is checked with the first list.
    /// </summary>
    /// <value>The default is <see langword="false"/>: all is read and checked when the store is opened.</value>
    public bool ReadsOnDemand { get; set; }
}
