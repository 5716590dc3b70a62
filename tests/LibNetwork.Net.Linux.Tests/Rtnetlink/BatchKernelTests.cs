using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.Tests.Support;

namespace LibNetwork.Linux.Tests.Rtnetlink;

[Trait("Category", "Kernel")]
public sealed class BatchKernelTests
{
    [Fact]
    public async Task Messages_behind_a_failed_one_are_carried_out_and_the_first_error_is_told()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            RtNetlinkBatch batch = session.Route.Batch;
            batch.CreateBridge(new BridgeLinkSpec { Name = "b1" });
            batch.CreateBridge(new BridgeLinkSpec { Name = "b1" });
            batch.SettleLink(9999);
            batch.DeleteLink("absent");
            batch.CreateBridge(new BridgeLinkSpec { Name = "b2" });

            KernelException refusal = Assert.Throws<KernelException>(session.Route.Execute);

            Assert.Equal(("create bridge", "b1", LinuxErrno.EEXIST), (refusal.Operation, refusal.Subject, refusal.Errno));
            Assert.NotNull(session.Route.FindLink("b1"));
            Assert.NotNull(session.Route.FindLink("b2"));
            session.Route.Execute();
        });
    }

    [Fact]
    public async Task The_kernels_own_words_are_in_the_error()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            session.Route.Batch.ChangeLink("lo", new LinkChange { Mtu = 1 << 30, Master = 1 });
            session.Route.Batch.CreatePlain(new DummyLinkSpec { Name = "x0" }, "create nonsense", "nonsense");
            session.Route.Batch.DeleteLink(1);
            Assert.Throws<KernelException>(session.Route.Execute);

            session.Route.Batch.CreatePlain(new DummyLinkSpec { Name = "x0" }, "create nonsense", "nonsense");
            KernelException refusal = Assert.Throws<KernelException>(session.Route.Execute);
            Assert.Equal("Unknown device type", refusal.KernelText);
            Assert.Contains("Unknown device type", refusal.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task An_error_about_a_link_without_a_name_says_its_index()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            session.Route.Batch.ChangeLink(9999, new LinkChange { Up = true });
            KernelException refusal = Assert.Throws<KernelException>(session.Route.Execute);
            Assert.Equal((LinuxErrno.ENODEV, "link 9999"), (refusal.Errno, refusal.Subject));
        });
    }

    [Fact]
    public async Task A_query_with_unsent_changes_is_misuse()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            session.Route.Batch.DeleteLink("absent");
            Assert.Throws<InvalidOperationException>(() => session.Route.FindLink("lo"));
            session.Route.Execute();
        });
    }

    [Fact]
    public async Task Changes_that_failed_work_left_behind_never_travel_with_the_next()
    {
        await using TestHost host = TestHost.Open();

        await Assert.ThrowsAsync<FormatException>(() => host.RunAsync(static session =>
        {
            session.Route.Batch.CreateBridge(new BridgeLinkSpec { Name = "ghost" });
            throw new FormatException();
        }));
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.RunAsync(
            static session => session.Route.Batch.CreateBridge(new BridgeLinkSpec { Name = "ghost" })));

        await host.RunAsync(static session =>
        {
            session.Route.Execute();
            Assert.Null(session.Route.FindLink("ghost"));
        });
    }

    [Fact]
    public async Task Impossible_arguments_are_refused_before_the_kernel_is_asked()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => session.Route.Batch.DeleteLink(0));
            Assert.Throws<ArgumentOutOfRangeException>(() => session.Route.Batch.ChangeLink(0, new LinkChange { Up = true }));
            Assert.Throws<ArgumentOutOfRangeException>(() => session.Route.Batch.AddAddress(1, System.Net.IPAddress.Loopback, 33));
            Assert.Throws<ArgumentException>(() => session.Route.Batch.ChangeLink("lo", new LinkChange { NewName = "x" }));
            Assert.Throws<ArgumentException>(() => session.Route.Batch.CreateBridge(new BridgeLinkSpec { Name = string.Empty }));
            session.Route.Batch.CreateBridge(new BridgeLinkSpec { Name = "0123456789abcdef" });
            Assert.Equal(LinuxErrno.ERANGE, Assert.Throws<KernelException>(session.Route.Execute).Errno);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_observer_that_refuses_one_message_drops_exactly_that_one(int refused)
    {
        RefusingObserver observer = new();
        await using TestHost host = TestHost.Open(observer);
        await host.RunAsync(session =>
        {
            observer.RefuseNth = refused;
            for (int i = 0; i < 3; i++)
            {
                session.Route.Batch.CreateBridge(new BridgeLinkSpec { Name = $"b{i}" });
            }

            KernelException refusal = Assert.Throws<KernelException>(session.Route.Execute);
            observer.RefuseNth = -1;

            Assert.Equal($"b{refused}", refusal.Subject);
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(i != refused, session.Route.FindLink($"b{i}") is not null);
            }
        });
    }

    [Fact]
    public async Task Reaper_deletes_a_hundred_condemned_links_and_says_when()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            for (int i = 0; i < 100; i++)
            {
                session.Route.Batch.CreateVeth(new VethLinkSpec { Name = $"a{i}", PeerName = $"b{i}", Up = true });
            }

            for (int i = 0; i < 100; i++)
            {
                session.Route.Batch.ChangeLink($"a{i}", new LinkChange { Up = false, Group = LinkReaper.CondemnedGroup });
            }

            session.Route.Execute();
            session.Reaper.Notify();
        });

        await host.Kernel.Reaper.DrainAsync().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal(1, await host.RunAsync(static session => session.Route.DumpLinks().Count));
        await host.Kernel.Reaper.DrainAsync();
    }

    private sealed class RefusingObserver : IKernelObserver
    {
        private int _seen;

        public int RefuseNth
        {
            get;
            set
            {
                field = value;
                _seen = 0;
            }
        } = -1;

        public void OnRequest(in KernelRequest request)
        {
            if (_seen++ == RefuseNth)
            {
                throw new KernelException(request.Operation, request.Subject, LinuxErrno.EPERM);
            }
        }
    }
}
