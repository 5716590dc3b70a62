using System.Net;
using BenchmarkDotNet.Attributes;
using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Benchmarks;

/// <summary>Requests to the kernel, there and back: the memory column must stay empty.</summary>
[MemoryDiagnoser]
[InProcess]
public class RequestBenchmarks
{
    private const int Loopback = 1;
    private static readonly IPAddress Address = IPAddress.Parse("10.9.8.7");

    private TestHost _host = null!;   // made by the setup
    private HostKernel _kernel = null!;   // opened by the setup

    [GlobalSetup]
    public void Setup()
    {
        _host = TestHost.CreateAsync().GetAwaiter().GetResult();
        _kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = _host.NamespacePath });
        _kernel.RunAsync(
            static (session, _) =>
            {
                NftTransaction transaction = session.Nftables.Begin();
                transaction.AddTable(NftFamily.Inet, "bench");
                transaction.AddSet(NftFamily.Inet, "bench", new NftSetSpec { Name = "names", Key = [NftDataType.IfName] });
                session.Nftables.Commit(transaction);
                return 0;
            },
            0).AsTask().GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _kernel.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _host.Dispose();
    }

    [Benchmark]
    public ValueTask<int> ChangeLink() => _kernel.RunAsync(
        static (session, _) =>
        {
            session.Route.Batch.ChangeLink(Loopback, new LinkChange { Up = true });
            session.Route.Execute();
            return 0;
        },
        0);

    [Benchmark]
    public ValueTask<int> AddAndRemoveAddress() => _kernel.RunAsync(
        static (session, _) =>
        {
            session.Route.Batch.AddAddress(Loopback, Address, 32);
            session.Route.Batch.RemoveAddress(Loopback, Address, 32);
            session.Route.Execute();
            return 0;
        },
        0);

    [Benchmark]
    public ValueTask<int> AddAndDeleteElement() => _kernel.RunAsync(
        static (session, _) =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            transaction.AddElement(NftFamily.Inet, "bench", "names", NftElement.Of("veth1234567"));
            transaction.DeleteElement(NftFamily.Inet, "bench", "names", NftElement.Of("veth1234567"));
            session.Nftables.Commit(transaction);
            return 0;
        },
        0);
}
