using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Stores.Sqlite;

internal sealed partial class SqliteNetworkStore
{
    /// <summary>Opens a file, or makes it.</summary>
    public static SqliteNetworkStore Open(string path, SqliteStoreOptions options, ILogger logger, TimeProvider time)
    {
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);   // a full path of a file has a folder
        StoreHold hold = StoreHold.Take(full);
        try
        {
            (StoreFile file, IReadOnlyList<StoreEntry>? entries) = OpenFile(full, hold, options, logger, time);
            if (file.FoundVersion is not (0 or StoreSchema.Version))
            {
                Log.Migrated(logger, full, file.FoundVersion, StoreSchema.Version);
            }

            return new SqliteNetworkStore(file, entries, hold);
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    private static (StoreFile File, IReadOnlyList<StoreEntry>? Entries) OpenFile(string path, StoreHold hold, SqliteStoreOptions options, ILogger logger, TimeProvider time)
    {
        try
        {
            return StoreFile.Open(path, hold, readsAll: !options.ReadsOnDemand);
        }
        catch (DamagedFileException damage) when (options.WhenDamaged == DamagedStore.SetAside)
        {
            string aside = SetAside(path, time);
            Log.SetAside(logger, damage, path, aside);
            return BeginAnew(path, hold, aside);
        }
        catch (DamagedFileException damage)
        {
            throw new NetworkException(NetworkErrorKind.Unavailable, $"store {path}", damage.Message, damage)
            {
                Remedy = $"restore a copy of it, or set {nameof(SqliteStoreOptions)}.{nameof(SqliteStoreOptions.WhenDamaged)} so that it is set aside",
            };
        }
    }

    /// <summary>A new file that says in its first commit what was lost: there is no moment in which it is merely empty.</summary>
    private static (StoreFile File, IReadOnlyList<StoreEntry>? Entries) BeginAnew(string path, StoreHold hold, string aside)
    {
        string beginning = path + "-new";
        File.Delete(beginning);
        using (StoreFile fresh = StoreFile.Open(beginning, hold, readsAll: false).File)
        {
            StoreEntry lost = new(LostState.Key, Encoding.UTF8.GetBytes(aside), Revision: 1);
            fresh.Write(new Dictionary<string, StoreEntry?> { [lost.Key] = lost }, lost.Revision, mustSync: true);
        }

        File.Move(beginning, path);   // closing it brought all of it into this one file
        return StoreFile.Open(path, hold, readsAll: true);
    }

    private static string SetAside(string path, TimeProvider time)
    {
        string aside = string.Create(CultureInfo.InvariantCulture, $"{path}.damaged-{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}");
        for (int copy = 2; File.Exists(aside); copy++)
        {
            aside = string.Create(CultureInfo.InvariantCulture, $"{path}.damaged-{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}-{copy}");
        }

        // The log first: a store without its log is an older store, a log without its store is nothing.
        if (File.Exists(path + "-wal"))
        {
            File.Move(path + "-wal", aside + "-wal");
        }

        File.Move(path, aside);
        return aside;
    }
}
