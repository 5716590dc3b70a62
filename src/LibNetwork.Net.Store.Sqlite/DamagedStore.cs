namespace LibNetwork.Stores.Sqlite;

/// <summary>What is done about a store's file that is damaged.</summary>
public enum DamagedStore
{
    /// <summary>Opening fails with <see cref="NetworkErrorKind.Unavailable"/>, and the file stays as it is.</summary>
    Refuse,

    /// <summary>
    /// The file is renamed, with the time in its name, and the store begins anew with <see cref="LostState"/> in it: what lives
    /// stays, and stays protected, until somebody has dealt with it.
    /// </summary>
    SetAside,
}
