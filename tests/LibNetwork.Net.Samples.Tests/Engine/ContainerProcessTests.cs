using MiniRuntime.Engine;
using MiniRuntime.Engine.Processes;

namespace LibNetwork.Samples.Tests.Engine;

[Trait("Category", "Kernel")]
public sealed class ContainerProcessTests
{
    private static CancellationToken Cancel => Bench.Cancel;

    [Fact]
    public async Task A_program_runs_to_its_end_and_its_output_and_exit_code_are_known()
    {
        await using Bench bench = await Bench.CreateAsync();

        Bench.Outcome outcome = await bench.RunAsync("echo out; echo err >&2; exit 3");

        Assert.Equal(new Bench.Outcome(3, "out\n", "err\n"), outcome);
    }

    [Theory]
    [InlineData(9, 137)]
    [InlineData(15, 143)]
    public async Task A_process_that_a_signal_ended_has_its_exit_code(int signal, int code)
    {
        await using Bench bench = await Bench.CreateAsync();
        RunningProcess process = await bench.StartAsync(bench.Spec("sh", "-c", "trap 'exit 143' TERM; while :; do sleep 0.01; done"));
        await Task.Delay(100, Cancel);   // it needs a moment to set its trap

        process.Signal(signal);

        Assert.Equal(code, await process.Exited.WaitAsync(TimeSpan.FromSeconds(10), Cancel));
    }

    [Theory]
    [InlineData("nosuch", 127, "exec: \"nosuch\": executable file not found in $PATH")]
    [InlineData("/bin/nosuch", 127, "exec: \"/bin/nosuch\": stat /bin/nosuch: no such file or directory")]
    [InlineData("/etc/secret", 126, "exec: \"/etc/secret\": permission denied")]
    public async Task A_program_that_cannot_run_is_refused_with_dockers_words(string program, int code, string message)
    {
        await using Bench bench = await Bench.CreateAsync();

        EngineException exception = await Assert.ThrowsAsync<EngineException>(() => bench.StartAsync(bench.Spec(program)));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Equal((400, code), (exception.Status, exception.ExitCode));
    }

    [Fact]
    public async Task The_program_sees_its_own_namespaces_names_and_devices()
    {
        await using Bench bench = await Bench.CreateAsync();
        ProcessSpec spec = bench.Spec("sh", "-c", "echo $$; hostname; ls -A / | tr '\\n' ' '; echo; cat /etc/hosts; echo x >/dev/null; ls /dev | tr '\\n' ' '; ls -A /proc/self/fd | wc -l");
        await File.WriteAllTextAsync(Path.Combine(spec.Folder, "hosts"), "10.0.0.1 me\n", Cancel);

        Bench.Outcome outcome = await bench.RunAsync(spec);

        Assert.Equal(
            "1\nbox\nbin dev etc home proc root sys tmp \n10.0.0.1 me\n"
                + "fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero 4\n",
            outcome.Output);
    }

    [Fact]
    public async Task The_machine_is_out_of_reach()
    {
        await using Bench bench = await Bench.CreateAsync();

        Bench.Outcome outcome = await bench.RunAsync(
            "ls -A /.. | wc -w; grep -c . /proc/self/mountinfo; echo 1 2>&- >/proc/sys/kernel/panic || echo refused; grep -E 'CapBnd|CapEff' /proc/self/status");

        string[] lines = outcome.Output.Split('\n');
        Assert.Equal("8", lines[0]);
        Assert.Contains("refused", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("CapBnd:\t00000000a80425fb", outcome.Output, StringComparison.Ordinal);   // docker's
        Assert.Contains("CapEff:\t00000000a80425fb", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_environment_is_exactly_the_given_one_and_dockers_defaults()
    {
        await using Bench bench = await Bench.CreateAsync();

        Bench.Outcome outcome = await bench.RunAsync(bench.Spec("env") with { Environment = ["A=1 2'3\"\n4", "LD_PRELOAD=/x", "IFS=a"] });

        Assert.Equal(
            "A=1 2'3\"\n4\nHOME=/root\nHOSTNAME=box\nIFS=a\nLD_PRELOAD=/x\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n",
            string.Join('\n', outcome.Output.TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal)).Replace("4\nA=1 2'3\"", "A=1 2'3\"\n4", StringComparison.Ordinal) + "\n");
    }

    [Fact]
    public async Task A_variable_with_a_name_that_no_shell_knows_reaches_the_program()
    {
        await using Bench bench = await Bench.CreateAsync();

        Bench.Outcome outcome = await bench.RunAsync(bench.Spec("env") with { Environment = ["app.name=x y"] });

        Assert.Contains("app.name=x y\n", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "0 0 0 /root")]
    [InlineData("app", "1000 1001 1001 29 /home/app")]
    [InlineData("1000", "1000 1001 1001 29 /home/app")]
    [InlineData("1234", "1234 0 0 /")]
    [InlineData("app:audio", "1000 29 29 /home/app")]
    [InlineData("5:6", "5 6 6 /")]
    public async Task The_user_is_found_in_the_container(string? user, string expected)
    {
        await using Bench bench = await Bench.CreateAsync();

        Bench.Outcome outcome = await bench.RunAsync(bench.Spec("sh", "-c", "echo $(id -u) $(id -g) $(id -G) $HOME") with { User = user });

        Assert.Equal(
            string.Join(' ', expected.Split(' ').Order(StringComparer.Ordinal)),
            string.Join(' ', outcome.Output.Trim().Split(' ').Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task A_working_directory_is_made_and_keeps_the_owners_above_it()
    {
        await using Bench bench = await Bench.CreateAsync();

        Bench.Outcome outcome = await bench.RunAsync(bench.Spec("sh", "-c", "pwd; stat -c %u /home/app") with { WorkingDirectory = "/home/app/new" });

        Assert.Equal("/home/app/new\n1000\n", outcome.Output);
    }

    [Fact]
    public async Task What_was_written_is_there_at_the_next_start_and_not_in_the_image()
    {
        await using Bench bench = await Bench.CreateAsync();
        ProcessSpec spec = bench.Spec("sh", "-c", "cat /note 2>/dev/null; echo kept >/note; rm -r /etc/passwd; ln -sf /tmp /etc/hostname 2>/dev/null; true");
        await bench.RunAsync(spec);

        Bench.Outcome second = await bench.RunAsync(spec with { ContainerId = "again" });

        Assert.Equal("kept\n", second.Output);
        Assert.True(File.Exists(Path.Combine(spec.ImageRoot, "etc/passwd")));
    }

    [Fact]
    public async Task Streams_opened_before_the_start_see_all_of_a_short_program()
    {
        await using Bench bench = await Bench.CreateAsync();
        using PreparedProcess prepared = bench.Launcher.Prepare(bench.Spec("sh", "-c", "echo one; echo two >&2"));
        using IProcessStreams streams = prepared.OpenStreams();
        Task<(string, string)> read = Bench.ReadAsync(streams.ReadAsync(Cancel));

        await bench.StartAsync(prepared);

        Assert.Equal(("one\n", "two\n"), await read.WaitAsync(TimeSpan.FromSeconds(10), Cancel));
    }

    [Fact]
    public async Task Input_ends_when_the_last_client_is_done()
    {
        await using Bench bench = await Bench.CreateAsync();
        using PreparedProcess prepared = bench.Launcher.Prepare(bench.Spec("cat") with { OpenInput = true });
        using IProcessStreams one = prepared.OpenStreams();
        using IProcessStreams two = prepared.OpenStreams();
        Task<(string, string)> read = Bench.ReadAsync(one.ReadAsync(Cancel));
        RunningProcess process = await bench.StartAsync(prepared);

        await one.WriteAsync("a"u8.ToArray(), Cancel);
        one.CloseInput();
        await two.WriteAsync("b"u8.ToArray(), Cancel);
        Assert.False(process.Exited.IsCompleted);
        two.CloseInput();

        Assert.Equal(("ab", ""), await read.WaitAsync(TimeSpan.FromSeconds(10), Cancel));
        Assert.Equal(0, await process.Exited);
    }

    [Fact]
    public async Task A_terminal_echoes_is_resized_and_logged()
    {
        await using Bench bench = await Bench.CreateAsync();
        using PreparedProcess prepared = bench.Launcher.Prepare(bench.Spec("sh", "-c", "read a; stty size; tty; exit 5") with { OpenInput = true, Terminal = true });
        using IProcessStreams streams = prepared.OpenStreams();
        Task<(string Output, string)> read = Bench.ReadAsync(streams.ReadAsync(Cancel));
        RunningProcess process = await bench.StartAsync(prepared);

        process.Resize(33, 99);
        await streams.WriteAsync("hello\n"u8.ToArray(), Cancel);

        Assert.Contains("hello\r\n33 99\r\n", (await read.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).Output, StringComparison.Ordinal);
        Assert.Equal(5, await process.Exited);
    }

    [Fact]
    public async Task Another_engine_takes_up_a_process()
    {
        await using Bench bench = await Bench.CreateAsync();
        ProcessSpec spec = bench.Spec("sh", "-c", "trap 'echo bye; exit 7' TERM; echo hi; while :; do sleep 0.01; done");
        await bench.StartAsync(spec);
        await Task.Delay(100, Cancel);

        (RunningProcess? adopted, _) = new ProcessLauncher().Adopt(spec.Folder);
        adopted!.Signal(15);

        Assert.Equal(7, await adopted.Exited.WaitAsync(TimeSpan.FromSeconds(10), Cancel));
        Assert.Equal((null, 7), new ProcessLauncher().Adopt(spec.Folder));
        Assert.Equal("hi\nbye\n", await File.ReadAllTextAsync(Path.Combine(spec.Folder, "stdout.log"), Cancel));
    }

    [Fact]
    public async Task Without_overlayfs_a_container_has_a_copy_of_its_own()
    {
        await using Bench bench = await Bench.CreateAsync(new ProcessLauncher { Roots = new RootStorage { Overlay = false } });
        ProcessSpec spec = bench.Spec("sh", "-c", "cat /note 2>/dev/null; echo kept >/note; stat -c %u /home/app");
        await bench.RunAsync(spec);

        Bench.Outcome second = await bench.RunAsync(spec with { ContainerId = "again" });

        Assert.Equal("1000\nkept\n1000\n", second.Output);
        Assert.False(File.Exists(Path.Combine(spec.ImageRoot, "note")));
    }

    [Fact]
    public async Task The_image_host_is_the_machine_and_is_not_written()
    {
        await using Bench bench = await Bench.CreateAsync();
        string note = $"/note-{Guid.NewGuid():N}";
        ProcessSpec spec = bench.Spec("sh", "-c", $"ls /usr/bin/unshare; cat /etc/hostname; echo x >{note}; cat {note}") with { ImageRoot = bench.Images.Find("host")!.RootFolder };
        await File.WriteAllTextAsync(Path.Combine(spec.Folder, "hostname"), "box\n", Cancel);

        Bench.Outcome outcome = await bench.RunAsync(spec);

        Assert.Equal(new Bench.Outcome(0, "/usr/bin/unshare\nbox\nx\n", ""), outcome);
        Assert.False(File.Exists(note));
    }

    [Fact]
    public async Task What_an_engine_had_begun_when_it_ended_ends_too()
    {
        await using Bench bench = await Bench.CreateAsync();
        ProcessSpec spec = bench.Spec("sleep", "1000");
        ISandbox sandbox = await bench.SandboxAsync(spec);
        using PreparedProcess prepared = bench.Launcher.Prepare(spec);
        KeeperProcess keeper = await KeeperProcess.StartAsync(sandbox, StartCommand.Build(spec, bench.Launcher.Roots, hostNetwork: false));
        await keeper.ReadyAsync();

        keeper.Dispose();   // the ends of its pipes close, as they do when the engine is killed

        for (int i = 0; bench.Leftovers().Any() && i < 500; i++)
        {
            await Task.Delay(10, Cancel);
        }

        Assert.Empty(bench.Leftovers());
    }
}
