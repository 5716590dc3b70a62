using LibNetwork.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace LibNetwork.Linux;

/// <summary>A lock on a file that one process has at a time. It ends when it is disposed or with the process, however that ends.</summary>
/// <remarks>The file stays: whoever removed it would take it from those who wait.</remarks>
public sealed class FileLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private FileLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock, or waits for whoever has it; those who wait get it in the order in which they came.</summary>
    /// <param name="path">The file, which is made when it is missing; its folder must be there.</param>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The lock, or <see langword="null"/> when it was not to be had in that time.</returns>
    /// <exception cref="KernelException"><see cref="LinuxErrno.ENOENT"/>: the folder is missing. Or the kernel refused otherwise.</exception>
    public static async Task<FileLock?> TakeAsync(string path, TimeSpan patience, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        int descriptor = SystemCalls.OpenOrCreate(path, out int errno);
        if (descriptor < 0)
        {
            throw new KernelException("open file", path, errno);
        }

        SafeFileHandle file = new(descriptor, ownsHandle: true);
        errno = SystemCalls.TryLock(file);
        if (errno != LinuxErrno.EAGAIN)
        {
            return Taken(file, path, errno);
        }

        // The kernel's queue is fair and costs nothing while it waits, but a thread that stands in it cannot be called back.
        Task<int> waiting = WaitAsync(file);
        try
        {
            errno = await waiting.WaitAsync(patience, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            CloseLater(waiting, file);
            return null;
        }
        catch
        {
            CloseLater(waiting, file);
            throw;
        }

        return Taken(file, path, errno);
    }

    /// <summary>Gives the lock to whoever has waited longest.</summary>
    public void Dispose() => _file.Dispose();

    private static FileLock Taken(SafeFileHandle file, string path, int errno)
    {
        if (errno != 0)
        {
            file.Dispose();
            throw new KernelException("lock file", path, errno);
        }

        return new FileLock(file);
    }

    private static Task<int> WaitAsync(SafeFileHandle file)
    {
        TaskCompletionSource<int> taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => taken.SetResult(SystemCalls.Lock(file))) { IsBackground = true, Name = "libnetwork file lock" }.Start();
        return taken.Task;
    }

    private static void CloseLater(Task<int> waiting, SafeFileHandle file)
        => _ = waiting.ContinueWith(static (_, held) => ((SafeFileHandle)held!).Dispose(), file, TaskScheduler.Default);   // it is given here
}
