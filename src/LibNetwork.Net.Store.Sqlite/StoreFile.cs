using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LibNetwork.Stores.Sqlite;

/// <summary>The SQLite file, read as a whole or by key, and written to.</summary>
internal sealed class StoreFile : IDisposable
{
    private const string Columns = "SELECT key, value, revision, checksum FROM entries";
    private const int SqliteBusy = 5, SqliteLocked = 6, SqliteCorrupt = 11, SqliteNotADatabase = 26;

    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly WriteStatements _statements;
    private readonly SqliteCommand _find;
    private bool _syncs = true;

    private StoreFile(SqliteConnection connection, string path, long foundVersion)
    {
        _connection = connection;
        _path = path;
        FoundVersion = foundVersion;
        Revision = (long)Scalar("SELECT revision FROM counter");
        _statements = new WriteStatements(connection);
        _find = Command(connection, $"{Columns} WHERE key = $key");
        _find.Parameters.Add("$key", SqliteType.Text);
    }

    /// <summary>The schema that the file had; 0 for a new one.</summary>
    public long FoundVersion { get; }

    /// <summary>Its revision when it was opened.</summary>
    public long Revision { get; }

    /// <summary>Opens or makes the file. The caller has the <see cref="StoreHold"/>.</summary>
    /// <exception cref="DamagedFileException">The file is damaged.</exception>
    /// <returns>The file, and what it holds when all is to be read at once.</returns>
    public static (StoreFile File, IReadOnlyList<StoreEntry>? Entries) Open(string path, StoreHold hold, bool readsAll)
    {
        if (hold.WasUsedBefore && new FileInfo(path) is { Exists: true, Length: 0 })
        {
            throw new DamagedFileException("is empty, and once was not");   // for SQLite that would be a new file
        }

        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
            DefaultTimeout = 1,   // seconds; whoever holds the file without our lock keeps it, and 0 would be for ever
        }.ConnectionString);
        try
        {
            connection.Open();
            foreach (string pragma in (string[])["PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"])
            {
                Execute(connection, pragma);
            }

            long found = StoreSchema.Prepare(connection, path);
            StoreFile file = new(connection, path, found);
            IReadOnlyList<StoreEntry>? entries = readsAll ? file.ReadAll() : null;
            hold.MarkUsed();
            return (file, entries);
        }
        catch (SqliteException exception)
        {
            CloseUntouched(connection);
            throw Unreadable(path, exception);
        }
        catch
        {
            CloseUntouched(connection);
            throw;
        }
    }

    public NetworkException Unreadable(Exception cause) => new(NetworkErrorKind.Unavailable, $"store {_path}", cause.Message, cause) { Remedy = "restore a copy of it" };

    public NetworkException Unwritable(SqliteException exception)
        => new(NetworkErrorKind.Unavailable, $"store {_path}", "cannot be written", exception) { Remedy = "look for space and errors of the disk" };

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
            // Takes effect when it is compiled, so it cannot be one of the statements that are compiled once.
            Execute(_connection, mustSync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
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

    /// <summary>Reads one key.</summary>
    /// <exception cref="DamagedFileException">The entry is damaged.</exception>
    public StoreEntry? Find(string key)
    {
        _find.Parameters[0].Value = key;
        using SqliteDataReader reader = _find.ExecuteReader();
        return reader.Read() ? Read(reader) : null;
    }

    /// <summary>Reads all, and checks the file as a whole.</summary>
    /// <exception cref="DamagedFileException">The file is damaged.</exception>
    public IReadOnlyList<StoreEntry> ReadAll()
    {
        if (Scalar("PRAGMA quick_check(1)") is not "ok")
        {
            throw new DamagedFileException("is damaged");
        }

        using SqliteCommand command = Command(_connection, Columns);
        using SqliteDataReader reader = command.ExecuteReader();
        List<StoreEntry> entries = [];
        while (reader.Read())
        {
            entries.Add(Read(reader));
        }

        return entries;
    }

    public void Dispose()
    {
        _find.Dispose();
        _statements.Dispose();
        _connection.Dispose();
    }

    private static Exception Unreadable(string path, SqliteException exception) => exception.SqliteErrorCode switch
    {
        SqliteBusy or SqliteLocked => StoreHold.HeldByUnknown(path, exception),
        SqliteCorrupt or SqliteNotADatabase or 1 => new DamagedFileException("is damaged, or no store at all", exception),   // 1: a table is missing
        _ => new NetworkException(NetworkErrorKind.Unavailable, $"store {path}", "cannot be read", exception),
    };

    /// <summary>Closes a file that could not be taken over, without bringing its log into it: it may be looked at later.</summary>
    private static void CloseUntouched(SqliteConnection connection)
    {
        const int NoCheckpointOnClose = 1006;   // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE
        if (connection.Handle is { } handle)
        {
            _ = raw.sqlite3_db_config(handle, NoCheckpointOnClose, 1, out _);   // it fails only for an unknown number
        }

        connection.Dispose();
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

    private static StoreEntry Read(SqliteDataReader reader)
    {
        StoreEntry entry = new(reader.GetString(0), reader.GetFieldValue<byte[]>(1), reader.GetInt64(2));
        return reader.GetInt64(3) == EntryChecksum.Of(entry.Key, entry.Value.Span, entry.Revision)
            ? entry
            : throw new DamagedFileException($"is damaged: entry {entry.Key} is not as it was written");
    }

    private object Scalar(string text)
    {
        using SqliteCommand command = Command(_connection, text);
        return command.ExecuteScalar() ?? throw new DamagedFileException($"is damaged: nothing answers \"{text}\"");
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using SqliteCommand command = Command(connection, text);
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, string text)
    {
        SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // the texts are constants of this class
        command.CommandText = text;
#pragma warning restore CA2100
        return command;
    }
}
