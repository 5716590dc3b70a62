using MiniRuntime.Engine;
using MiniRuntime.Engine.Processes;

namespace LibNetwork.Samples.Tests.Engine;

[Trait("Category", "Kernel")]
public sealed class ExecTests
{
    private static CancellationToken Cancel => Bench.Cancel;

    [Fact]
    public async Task A_further_program_sees_the_container_and_has_its_limits()
    {
        await using Bench bench = await Bench.CreateAsync();
        RunningProcess container = await bench.StartAsync(bench.Spec("sleep", "1000"));
        await using ExecProcess exec = await bench.Launcher.ExecuteAsync(
            container, new ExecSpec { Command = ["sh", "-c", "hostname; pwd; id -u; echo $A $HOME; cat /proc/1/cmdline; grep -E 'CapBnd|CapEff' /proc/self/status; ls /proc/self/fd | wc -l; echo e >&2; exit 4"], Environment = ["A=b"] }, Cancel);

        (string output, string error) = await Bench.ReadAsync(exec.Streams.ReadAsync(Cancel));

        Assert.Equal(4, await exec.Exited);
        Assert.Equal(("box\n/\n0\nb /root\nsleep\01000\0CapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\n4\n", "e\n"), (output, error));
    }

    [Theory]
    [InlineData("nosuch", 127)]
    [InlineData("/etc/secret", 126)]
    public async Task A_program_that_cannot_run_is_refused(string program, int code)
    {
        await using Bench bench = await Bench.CreateAsync();
        RunningProcess container = await bench.StartAsync(bench.Spec("sleep", "1000"));

        EngineException exception = await Assert.ThrowsAsync<EngineException>(
            () => bench.Launcher.ExecuteAsync(container, new ExecSpec { Command = [program] }, Cancel));

        Assert.Equal((400, code), (exception.Status, exception.ExitCode));
    }

    [Fact]
    public async Task Input_reaches_the_program_and_its_end_too()
    {
        await using Bench bench = await Bench.CreateAsync();
        RunningProcess container = await bench.StartAsync(bench.Spec("sleep", "1000"));
        await using ExecProcess exec = await bench.Launcher.ExecuteAsync(container, new ExecSpec { Command = ["cat"], OpenInput = true, User = "app" }, Cancel);

        await exec.Streams.WriteAsync("abc"u8.ToArray(), Cancel);
        exec.Streams.CloseInput();

        Assert.Equal(("abc", ""), await Bench.ReadAsync(exec.Streams.ReadAsync(Cancel)));
        Assert.Equal(0, await exec.Exited);
    }

    [Fact]
    public async Task A_terminal_is_the_containers_own()
    {
        await using Bench bench = await Bench.CreateAsync();
        RunningProcess container = await bench.StartAsync(bench.Spec("sleep", "1000"));
        await using ExecProcess exec = await bench.Launcher.ExecuteAsync(
            container, new ExecSpec { Command = ["sh", "-c", "read a; tty; stty size; id -u; echo x >/dev/tty"], Terminal = true, OpenInput = true, User = "app" }, Cancel);

        exec.Streams.Resize(20, 70);
        await exec.Streams.WriteAsync("hello\n"u8.ToArray(), Cancel);

        Assert.Equal(("hello\r\n/dev/pts/0\r\n20 70\r\n1000\r\nx\r\n", ""), await Bench.ReadAsync(exec.Streams.ReadAsync(Cancel)));
        Assert.Equal(0, await exec.Exited);
    }

    [Fact]
    public async Task No_thread_of_the_engine_stays_in_a_container()
    {
        await using Bench bench = await Bench.CreateAsync();
        RunningProcess container = await bench.StartAsync(bench.Spec("sleep", "1000"));
        for (int i = 0; i < 20; i++)
        {
            await using ExecProcess exec = await bench.Launcher.ExecuteAsync(container, new ExecSpec { Command = ["true"] }, Cancel);
            await exec.Exited;
        }

        // Other tests start processes at this moment, on threads of theirs: what counts is who does not come back.
        IEnumerable<string> away = ThreadsAway();
        for (int look = 0; look < 100 && away.Any(); look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), Cancel);
            away = [.. away.Intersect(ThreadsAway())];
        }

        Assert.Empty(away);
    }

    private static string[] ThreadsAway()
    {
        string home = new FileInfo($"/proc/{Environment.ProcessId}/ns/mnt").LinkTarget!;   // always a link
        return [.. Directory.EnumerateDirectories("/proc/self/task")
            .Where(task => !IsRuntimeWorker(task) && (new FileInfo($"{task}/ns/mnt").LinkTarget ?? home) != home)];   // a thread may have ended meanwhile
    }

    // The compiler's and the collector's: the runtime starts them from whichever thread needs them first; they open no files.
    private static bool IsRuntimeWorker(string task)
        => File.Exists($"{task}/comm") && File.ReadAllText($"{task}/comm").Trim() is ".NET Tiered Com" or ".NET BGC";
}
