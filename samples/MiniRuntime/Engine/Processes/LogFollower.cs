using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace MiniRuntime.Engine.Processes;

/// <summary>Reads the two logs of a container from some position on. The kernel tells when there is more; nothing is polled.</summary>
internal sealed class LogFollower : IDisposable
{
    private const int ChunkSize = 32 * 1024;

    private readonly SafeFileHandle[] _files;
    private readonly long[] _positions;

    private LogFollower(ContainerFolder folder)
    {
        _files = [Open(folder.Output), Open(folder.Error)];
        _positions = new long[_files.Length];
    }

    /// <summary>Opens the logs at their beginning.</summary>
    public static LogFollower AtStart(ContainerFolder folder) => new(folder);

    /// <summary>Opens the logs where they end now.</summary>
    public static LogFollower AtEnd(ContainerFolder folder)
    {
        LogFollower follower = new(folder);
        for (int i = 0; i < follower._files.Length; i++)
        {
            follower._positions[i] = RandomAccess.GetLength(follower._files[i]);
        }

        return follower;
    }

    /// <summary>Goes to where the last so many lines of each log begin.</summary>
    public void SkipToTail(int lines)
    {
        for (int i = 0; i < _files.Length; i++)
        {
            _positions[i] = LogTail.Find(_files[i], lines);
        }
    }

    /// <summary>Reads what is there, and with <paramref name="ended"/> what comes until it completes.</summary>
    public async IAsyncEnumerable<OutputChunk> ReadAsync(
        ContainerFolder folder, Task? ended, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using FileSystemWatcher? watcher = ended is null ? null : new(folder.Path, "*.log") { NotifyFilter = NotifyFilters.Size | NotifyFilters.LastWrite };
        Channel<bool> news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        if (watcher is not null)
        {
            watcher.Changed += (_, _) => news.Writer.TryWrite(true);
            watcher.Error += (_, _) => news.Writer.TryWrite(true);   // too many changes at once: there is something to read
            watcher.EnableRaisingEvents = true;
        }

        byte[] buffer = new byte[ChunkSize];
        while (true)
        {
            bool isOver = ended is null or { IsCompleted: true };   // asked before reading, so that the last words are not missed
            bool any = false;
            for (int i = 0; i < _files.Length; i++)
            {
                for (int read; (read = Read(i, buffer)) > 0;)
                {
                    any = true;
                    yield return new OutputChunk(IsError: i == 1, buffer.AsMemory(0, read));
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }

            if (any)
            {
                continue;
            }

            if (isOver)
            {
                yield break;
            }

            using CancellationTokenSource waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task<bool> changed = news.Reader.ReadAsync(waiting.Token).AsTask();
            await Task.WhenAny(changed, ended!);   // not null: it would be over
            await waiting.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public void Dispose()
    {
        foreach (SafeFileHandle file in _files)
        {
            file.Dispose();
        }
    }

    private int Read(int file, byte[] buffer)
    {
        int read = RandomAccess.Read(_files[file], buffer, _positions[file]);
        if (read == 0 && RandomAccess.GetLength(_files[file]) < _positions[file])
        {
            _positions[file] = 0;   // the program has emptied its /dev/stdout
            read = RandomAccess.Read(_files[file], buffer, 0);
        }

        _positions[file] += read;
        return read;
    }

    private static SafeFileHandle Open(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
