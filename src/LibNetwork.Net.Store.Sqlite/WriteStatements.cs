using Microsoft.Data.Sqlite;

namespace LibNetwork.Stores.Sqlite;

/// <summary>The statements of a write, compiled once.</summary>
internal sealed class WriteStatements : IDisposable
{
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _count;

    public WriteStatements(SqliteConnection connection)
    {
        Begin = connection.CreateCommand();
        Begin.CommandText = "BEGIN IMMEDIATE";
        Commit = connection.CreateCommand();
        Commit.CommandText = "COMMIT";
        Undo = connection.CreateCommand();
        Undo.CommandText = "ROLLBACK";
        _put = connection.CreateCommand();
        _put.CommandText = "INSERT OR REPLACE INTO entries (key, value, revision, checksum) VALUES ($key, $value, $revision, $checksum)";
        _put.Parameters.Add("$key", SqliteType.Text);
        _put.Parameters.Add("$value", SqliteType.Blob);
        _put.Parameters.Add("$revision", SqliteType.Integer);
        _put.Parameters.Add("$checksum", SqliteType.Integer);
        _delete = connection.CreateCommand();
        _delete.CommandText = "DELETE FROM entries WHERE key = $key";
        _delete.Parameters.Add("$key", SqliteType.Text);
        _count = connection.CreateCommand();
        _count.CommandText = "UPDATE counter SET revision = $revision";
        _count.Parameters.Add("$revision", SqliteType.Integer);
    }

    public SqliteCommand Begin { get; }

    public SqliteCommand Commit { get; }

    public SqliteCommand Undo { get; }

    public void Put(StoreEntry entry)
    {
        _put.Parameters[0].Value = entry.Key;
        _put.Parameters[1].Value = entry.Value.ToArray();
        _put.Parameters[2].Value = entry.Revision;
        _put.Parameters[3].Value = (long)EntryChecksum.Of(entry.Key, entry.Value.Span, entry.Revision);
        _put.ExecuteNonQuery();
    }

    public void Delete(string key)
    {
        _delete.Parameters[0].Value = key;
        _delete.ExecuteNonQuery();
    }

    public void Count(long revision)
    {
        _count.Parameters[0].Value = revision;
        _count.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in (SqliteCommand[])[Begin, Commit, Undo, _put, _delete, _count])
        {
            command.Dispose();
        }
    }
}
