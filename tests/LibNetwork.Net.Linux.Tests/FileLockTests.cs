namespace LibNetwork.Linux.Tests;

public sealed class FileLockTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    private readonly string _path = Path.GetTempFileName();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task Whoever_waits_gets_it_when_it_is_given_back()
    {
        FileLock? first = await FileLock.TakeAsync(_path, Long, Cancel);
        Task<FileLock?> second = FileLock.TakeAsync(_path, Long, Cancel);
        bool waited = !second.IsCompleted;

        first?.Dispose();
        using FileLock? taken = await second;

        Assert.NotNull(first);
        Assert.True(waited);
        Assert.NotNull(taken);
    }

    [Fact]
    public async Task Patience_ends_and_then_the_lock_is_not_held_by_who_gave_up()
    {
        FileLock? first = await FileLock.TakeAsync(_path, Long, Cancel);

        FileLock? refused = await FileLock.TakeAsync(_path, Short, Cancel);
        first?.Dispose();
        using FileLock? later = await FileLock.TakeAsync(_path, Long, Cancel);

        Assert.Null(refused);
        Assert.NotNull(later);
    }

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        using FileLock? first = await FileLock.TakeAsync(_path, Long, Cancel);
        using CancellationTokenSource cancellation = new(Short);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FileLock.TakeAsync(_path, Long, cancellation.Token));
    }

    [Fact]
    public async Task Many_that_wait_have_it_one_at_a_time()
    {
        int holders = 0, most = 0;

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using FileLock? held = await FileLock.TakeAsync(_path, Long, Cancel);
            most = Math.Max(most, Interlocked.Increment(ref holders));
            await Task.Yield();
            Interlocked.Decrement(ref holders);
        }));

        Assert.Equal(1, most);
    }

    [Fact]
    public async Task A_folder_that_is_missing_is_an_error()
    {
        KernelException refused = await Assert.ThrowsAsync<KernelException>(() => FileLock.TakeAsync(Path.Combine(_path + "-missing", "lock"), Long, Cancel));

        Assert.Equal(LinuxErrno.ENOENT, refused.Errno);
    }
}
