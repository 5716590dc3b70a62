using System.Diagnostics;
using LibNetwork.Linux.Namespaces;

namespace LibNetwork.Linux.Tests.Nftables;

/// <summary>A namespace of its own with the kernel opened on it, and the system's programs to look at it from outside.</summary>
internal sealed class KernelSandbox : IAsyncDisposable
{
    private readonly string _folder;
    private readonly NetworkNamespace _namespace;

    private KernelSandbox(string folder, NetworkNamespace inside, HostKernel kernel)
    {
        _folder = folder;
        _namespace = inside;
        Kernel = kernel;
    }

    public HostKernel Kernel { get; }

    public string Path => System.IO.Path.Combine(_folder, "net");

    public NetworkNamespace Namespace => _namespace;

    public static KernelSandbox Create(IKernelObserver? observer = null)
    {
        string folder = Directory.CreateTempSubdirectory("libnetwork-nft-").FullName;
        string path = System.IO.Path.Combine(folder, "net");
        NetworkNamespace inside = NetworkNamespace.CreatePinned(path);
        return new KernelSandbox(folder, inside, HostKernel.Open(new HostKernelOptions { NamespacePath = path, Observer = observer }));
    }

    public Task RunAsync(Action<KernelSession> work)
        => Kernel.RunAsync(
            static (session, action) =>
            {
                action(session);
                return true;
            },
            work,
            TestContext.Current.CancellationToken).AsTask();

    public Task<T> RunAsync<T>(Func<KernelSession, T> work)
        => Kernel.RunAsync(static (session, function) => function(session), work, TestContext.Current.CancellationToken).AsTask();

    /// <summary>Runs a program inside and returns its output; a failure is the test's.</summary>
    public async Task<string> ExecAsync(string program, params string[] arguments)
        => await StartAsync(input: null, program, arguments);

    /// <summary>Loads a script with the nft program, whose old versions want a line end after each block.</summary>
    public async Task LoadAsync(string script)
        => await StartAsync(script.Replace("}", "}\n", StringComparison.Ordinal), "nft", "-f", "-");

    public async Task<string> ListAsync() => await ExecAsync("nft", "list", "ruleset");

    private async Task<string> StartAsync(string? input, string program, params string[] arguments)
    {
        ProcessStartInfo start = new("nsenter", [$"--net={Path}", program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("nsenter did not start");
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode} {await errors}");
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        await Kernel.DisposeAsync();
        _namespace.Dispose();
        NetworkNamespace.Unpin(Path);
        Directory.Delete(_folder, recursive: true);
    }
}
