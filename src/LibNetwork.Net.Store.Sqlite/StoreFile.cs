using System.Globalization;
using Microsoft.Data.Sqlite;

namespace LibNetwork.Stores.Sqlite;

/// <summary>The SQLite file: its schema, and who has it. One process at a time.</summary>
internal sealed class StoreFile : IDisposable
{
    private const int SchemaVersion = 1;   // PRAGMA user_version
    private const int SqliteBusy = 5, SqliteLocked = 6, SqliteCorrupt = 11, SqliteNotADatabase = 26;

    private const string Schema =
        """
        CREATE TABLE entries (key TEXT PRIMARY KEY, value BLOB NOT NULL, revision INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE counter (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL);
        INSERT INTO counter VALUES (1, 0);
        """;

    private readonly SqliteConnection _connection;
    private readonly string _path;
    private WriteStatements _statements = null!;   // TakeHold prepares them, once the schema is there
    private bool _syncs = true;

    private StoreFile(SqliteConnection connection, string path)
    {
        _connection = connection;
        _path = path;
    }

    private string HolderPath => _path + "-holder";

    /// <summary>Opens or makes the file, and keeps others out of it.</summary>
    public static StoreFile Open(string path)
    {
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);   // a full path of a file has a folder
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = full,
            Pooling = false,
            DefaultTimeout = 1,   // seconds; whoever has the file keeps it, and 0 would be for ever
        }.ConnectionString);
        StoreFile file = new(connection, full);
        try
        {
            connection.Open();
            file.TakeHold();
            return file;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw exception.SqliteErrorCode is SqliteBusy or SqliteLocked ? file.HeldByAnother(exception) : Unreadable(full, exception);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static NetworkException Unreadable(string path, SqliteException exception) => new(
        NetworkErrorKind.Unavailable,
        $"store {path}",
        exception.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase ? "is damaged, or no store at all" : "cannot be read",
        exception)
    {
        Remedy = "move the file away to begin anew, or restore a copy of it",
    };

    public NetworkException Unwritable(SqliteException exception)
        => new(NetworkErrorKind.Unavailable, $"store {_path}", "cannot be written", exception) { Remedy = "look for space and errors of the disk" };

    public IReadOnlyList<StoreEntry> ReadAll()
    {
        using SqliteCommand command = Command("SELECT key, value, revision FROM entries");
        using SqliteDataReader reader = command.ExecuteReader();
        List<StoreEntry> entries = [];
        while (reader.Read())
        {
            entries.Add(new StoreEntry(reader.GetString(0), reader.GetFieldValue<byte[]>(1), reader.GetInt64(2)));
        }

        return entries;
    }

    public long ReadRevision() => Scalar("SELECT revision FROM counter");

    /// <summary>Writes what keys hold now, <see langword="null"/> for nothing; all or none.</summary>
    /// <param name="entries">The keys.</param>
    /// <param name="revision">The store's revision with them.</param>
    /// <param name="mustSync">
    /// Whether it is on the disk when this returns, with all that was written before. Otherwise the operating system has it: it outlives
    /// this process.
    /// </param>
    public void Write(IReadOnlyDictionary<string, StoreEntry?> entries, long revision, bool mustSync)
    {
        if (mustSync != _syncs)
        {
            Execute(mustSync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            _syncs = mustSync;
        }

        _statements.Begin.ExecuteNonQuery();
        try
        {
            foreach ((string key, StoreEntry? entry) in entries)
            {
                if (entry is null)
                {
                    _statements.Delete(key);
                }
                else
                {
                    _statements.Put(entry);
                }
            }

            _statements.Count(revision);
            _statements.Commit.ExecuteNonQuery();
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    public void Dispose()
    {
        _statements.Dispose();
        File.Delete(HolderPath);
        _connection.Dispose();
    }

    private void RollBack()
    {
        try
        {
            _statements.Undo.ExecuteNonQuery();
        }
        catch (SqliteException)
        {
            // SQLite rolls back by itself after most errors, and then there is nothing to roll back.
        }
    }

    private void TakeHold()
    {
        Execute("PRAGMA locking_mode = EXCLUSIVE");
        Execute("PRAGMA journal_mode = WAL");
        Execute("PRAGMA synchronous = FULL");
        using (SqliteTransaction transaction = _connection.BeginTransaction())   // a write is what takes the lock
        {
            long version = Scalar("PRAGMA user_version", transaction);
            if (version > SchemaVersion)
            {
                throw new NetworkException(NetworkErrorKind.NotSupported, $"store {_path}", $"was written by a newer version (schema {version})")
                {
                    Remedy = $"use a version that knows schema {version}; this one knows {SchemaVersion}",
                };
            }

            if (version == 0)
            {
                Execute(Schema, transaction);
            }

            Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {SchemaVersion}"), transaction);
            transaction.Commit();
        }

        _statements = new WriteStatements(_connection);
        File.WriteAllText(HolderPath, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}"));
    }

    private NetworkException HeldByAnother(SqliteException exception)
    {
        string holder = File.Exists(HolderPath) ? $"process {File.ReadAllText(HolderPath)}" : "another process";
        return new NetworkException(NetworkErrorKind.Conflict, $"store {_path}", $"is held by {holder}", exception)
        {
            Holder = holder,
            Remedy = "stop that process, or use another file",
        };
    }

    private SqliteCommand Command(string text, SqliteTransaction? transaction = null)
    {
        SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // the texts are constants of this class
        command.CommandText = text;
#pragma warning restore CA2100
        command.Transaction = transaction;
        return command;
    }

    private void Execute(string text, SqliteTransaction? transaction = null)
    {
        using SqliteCommand command = Command(text, transaction);
        command.ExecuteNonQuery();
    }

    private long Scalar(string text, SqliteTransaction? transaction = null)
    {
        using SqliteCommand command = Command(text, transaction);
        return (long)command.ExecuteScalar()!;   // the pragma and the table always have a value
    }
}
