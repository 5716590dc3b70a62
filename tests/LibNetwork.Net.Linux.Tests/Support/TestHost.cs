using LibNetwork.Linux.Namespaces;

namespace LibNetwork.Linux.Tests.Support;

/// <summary>A host of its own for one test: a pinned namespace in a folder that goes away, and its kernel.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly string _folder;

    private TestHost(string folder, HostKernel kernel)
    {
        _folder = folder;
        Kernel = kernel;
    }

    public HostKernel Kernel { get; }

    public static TestHost Open(IKernelObserver? observer = null)
    {
        string folder = Directory.CreateTempSubdirectory("libnetwork-test-").FullName;
        string path = Path.Combine(folder, "host");
        NetworkNamespace.CreatePinned(path).Dispose();
        return new TestHost(folder, HostKernel.Open(new HostKernelOptions { NamespacePath = path, Observer = observer }));
    }

    public string PathOf(string name) => Path.Combine(_folder, name);

    public ValueTask<TResult> RunAsync<TResult>(Func<KernelSession, TResult> work)
        => Kernel.RunAsync(static (session, work) => work(session), work, TestContext.Current.CancellationToken);

    public async Task RunAsync(Action<KernelSession> work)
        => await RunAsync(session =>
        {
            work(session);
            return 0;
        });

    public async ValueTask DisposeAsync()
    {
        await Kernel.DisposeAsync();
        foreach (string path in Directory.GetFiles(_folder))
        {
            NetworkNamespace.Unpin(path);
        }

        Directory.Delete(_folder);
    }
}
