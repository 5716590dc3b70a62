using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.Tests.Support;

namespace LibNetwork.Linux.Tests;

[Trait("Category", "Kernel")]
public sealed class LinkReaperKernelTests
{
    private const int Rounds = 5;

    [Fact]
    public async Task What_is_condemned_while_others_are_deleted_is_gone_too_when_the_kernel_is_closed()
    {
        await using TestHost host = TestHost.Open();
        for (int round = 0; round < Rounds; round++)
        {
            await using (HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = host.PathOf("host") }))
            {
                await kernel.RunAsync(static (session, _) => Condemn(session, "first"), 0, TestContext.Current.CancellationToken);
                await Task.Delay(10, TestContext.Current.CancellationToken);   // its deletion has begun, and takes twice as long
                await kernel.RunAsync(static (session, _) => Condemn(session, "second"), 0, TestContext.Current.CancellationToken);
            }

            IReadOnlyList<LinkInfo> left = await host.RunAsync(static session => session.Route.DumpLinks());

            Assert.Equal(["lo"], left.Select(static link => link.Name));
        }
    }

    [Fact]
    public async Task A_link_inside_another_namespace_is_deleted_whatever_group_it_is_in_and_its_namespace_let_go()
    {
        await using TestHost host = TestHost.Open();
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = host.PathOf("host") });
        using NetworkNamespace inside = NetworkNamespace.Create();
        NetworkNamespace held = NetworkNamespace.Open($"/proc/self/fd/{inside.Descriptor}");
        int index = await kernel.RunAsync(
            static (session, inside) =>
            {
                using RtNetlink route = session.OpenRoute(inside);
                route.Batch.CreateVeth(new VethLinkSpec { Name = "condemned", PeerName = "condemned-peer" });
                route.Batch.CreateVeth(new VethLinkSpec { Name = "other", PeerName = "other-peer" });
                return route.ExecuteAndFindLink("condemned")!.Index;   // just made
            },
            inside,
            TestContext.Current.CancellationToken);

        kernel.Reaper.Notify(held, index);
        await kernel.Reaper.DrainAsync().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal(["lo", "other", "other-peer"], await kernel.RunAsync(static (session, inside) => NamesIn(session, inside), inside, TestContext.Current.CancellationToken));
        Assert.Throws<ObjectDisposedException>(() => held.Descriptor);
    }

    private static string[] NamesIn(KernelSession session, NetworkNamespace inside)
    {
        using RtNetlink route = session.OpenRoute(inside);
        return [.. route.DumpLinks().Select(static link => link.Name).Order(StringComparer.Ordinal)];
    }

    private static bool Condemn(KernelSession session, string name)
    {
        session.Route.Batch.CreateVeth(new VethLinkSpec { Name = name, PeerName = name + "-peer" });
        session.Route.Batch.ChangeLink(name, new LinkChange { Group = LinkReaper.CondemnedGroup });
        session.Route.Execute();
        session.Reaper.Notify();
        return true;
    }
}
