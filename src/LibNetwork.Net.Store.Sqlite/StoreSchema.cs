using System.Globalization;
using Microsoft.Data.Sqlite;

namespace LibNetwork.Stores.Sqlite;

/// <summary>The tables, and how each version of them becomes the next. The version is the file's <c>user_version</c>.</summary>
internal static class StoreSchema
{
    public const int Version = 2;

    private const string Tables =
        """
        CREATE TABLE entries (key TEXT PRIMARY KEY, value BLOB NOT NULL, revision INTEGER NOT NULL, checksum INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
        CREATE TABLE counter (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL);
        INSERT INTO counter VALUES (1, 0);
        """;

    /// <summary>Makes the tables, or brings them up to date; in one transaction, so a process that dies meanwhile leaves the old ones.</summary>
    /// <returns>The version that was found; 0 for a new file.</returns>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotSupported"/>: a newer version wrote the file.</exception>
    public static long Prepare(SqliteConnection connection, string path)
    {
        using SqliteTransaction transaction = connection.BeginTransaction();   // a write is what takes SQLite's own lock
        long found = Scalar(connection, "PRAGMA user_version");
        if (found > Version)
        {
            throw new NetworkException(NetworkErrorKind.NotSupported, $"store {path}", $"was written by a newer version (schema {found})")
            {
                Remedy = $"use a version that knows schema {found}; this one knows {Version}",
            };
        }

        switch (found)
        {
            case 0:
                Execute(connection, Tables);
                break;
            case 1:
                AddChecksums(connection);
                break;
        }

        if (found != Version)
        {
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version}"));
        }

        transaction.Commit();
        return found;
    }

    private static void AddChecksums(SqliteConnection connection)
    {
        Execute(connection, "ALTER TABLE entries ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0");
        List<(string Key, uint Checksum)> sums = [];
        using (SqliteCommand read = Command(connection, "SELECT key, value, revision FROM entries"))
        {
            using SqliteDataReader reader = read.ExecuteReader();
            while (reader.Read())
            {
                string key = reader.GetString(0);
                sums.Add((key, EntryChecksum.Of(key, reader.GetFieldValue<byte[]>(1), reader.GetInt64(2))));
            }
        }

        using SqliteCommand write = Command(connection, "UPDATE entries SET checksum = $checksum WHERE key = $key");
        SqliteParameter checksum = write.Parameters.Add("$checksum", SqliteType.Integer), name = write.Parameters.Add("$key", SqliteType.Text);
        foreach ((string key, uint sum) in sums)
        {
            checksum.Value = (long)sum;
            name.Value = key;
            write.ExecuteNonQuery();
        }
    }

    private static SqliteCommand Command(SqliteConnection connection, string text)
    {
        SqliteCommand command = connection.CreateCommand();   // joins the transaction that was begun above
#pragma warning disable CA2100 // the texts are constants of this class
        command.CommandText = text;
#pragma warning restore CA2100
        return command;
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using SqliteCommand command = Command(connection, text);
        command.ExecuteNonQuery();
    }

    private static long Scalar(SqliteConnection connection, string text)
    {
        using SqliteCommand command = Command(connection, text);
        return (long)command.ExecuteScalar()!;   // a pragma has a value
    }
}
