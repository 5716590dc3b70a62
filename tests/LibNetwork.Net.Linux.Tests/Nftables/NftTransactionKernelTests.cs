using System.Net;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Linux.Tests.Nftables;

[Trait("Category", "Kernel")]
public sealed class NftTransactionKernelTests
{
    private const NftFamily Family = NftFamily.Inet;

    [Fact]
    public async Task A_change_that_fails_in_the_middle_leaves_nothing_and_is_named()
    {
        await using KernelSandbox sandbox = KernelSandbox.Create();

        KernelException exception = await Assert.ThrowsAsync<KernelException>(() => sandbox.RunAsync(session =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            transaction.AddTable(Family, "t");
            transaction.AddChain(Family, "t", "before");
            transaction.AddRule(Family, "t", "absent", new NftRule().Accept());
            transaction.AddChain(Family, "t", "after");
            session.Nftables.Commit(transaction);
        }));

        Assert.Equal(("add rule", "inet t absent", LinuxErrno.ENOENT), (exception.Operation, exception.Subject, exception.Errno));
        Assert.Empty(await sandbox.ListAsync());
    }

    [Fact]
    public async Task A_failure_of_the_last_change_and_of_several_is_that_of_the_first()
    {
        await using KernelSandbox sandbox = KernelSandbox.Create();

        KernelException exception = await Assert.ThrowsAsync<KernelException>(() => sandbox.RunAsync(session =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            transaction.AddTable(Family, "t");
            transaction.DeleteChain(Family, "t", "one");
            transaction.DeleteSet(Family, "t", "two");
            session.Nftables.Commit(transaction);
        }));

        Assert.Equal(("delete chain", "inet t one"), (exception.Operation, exception.Subject));
        await sandbox.RunAsync(session => Assert.Empty(session.Nftables.ReadRuleset(null, null).Tables));
    }

    [Fact]
    public async Task A_batch_with_more_errors_than_the_socket_holds_still_reports_the_first()
    {
        await using KernelSandbox sandbox = KernelSandbox.Create();

        KernelException exception = await Assert.ThrowsAsync<KernelException>(() => sandbox.RunAsync(session =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            transaction.AddTable(Family, "t");
            for (int i = 0; i < 30_000; i++)
            {
                transaction.DeleteChain(Family, "t", $"absent{i}");
            }

            session.Nftables.Commit(transaction);
        }));

        Assert.Equal("inet t absent0", exception.Subject);
        await sandbox.RunAsync(session =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            transaction.AddTable(Family, "t");
            session.Nftables.Commit(transaction);
            Assert.Single(session.Nftables.ReadRuleset(Family, "t").Tables);
        });
    }

    [Fact]
    public async Task A_missing_capability_is_reported_as_such()
    {
        // The kernel answers to the begin marker alone.
        await using KernelSandbox sandbox = KernelSandbox.Create();
        using NftSocket nft = OpenHere(sandbox);
        KernelException? exception = null;
        Exception? other = null;
        Thread thread = new(() =>
        {
            Capabilities.DropAllOfThisThread();
            try
            {
                NftTransaction transaction = nft.Begin();
                transaction.AddTable(Family, "t");
                nft.Commit(transaction);
            }
            catch (KernelException caught)
            {
                exception = caught;
            }
            catch (Exception caught)
            {
                other = caught;
            }
        });
        thread.Start();
        thread.Join();

        Assert.Null(other);
        Assert.NotNull(exception);
        Assert.Equal((LinuxErrno.EPERM, "commit rule set"), (exception.Errno, exception.Operation));
    }

    [Fact]
    public async Task A_table_can_be_destroyed_whether_it_is_there_or_not_and_replaced_in_one_go()
    {
        await using KernelSandbox sandbox = KernelSandbox.Create();

        for (int i = 0; i < 2; i++)
        {
            await sandbox.RunAsync(session =>
            {
                NftTransaction transaction = session.Nftables.Begin();
                transaction.DestroyTable(Family, "t");
                transaction.AddTable(Family, "t");
                transaction.AddBaseChain(Family, "t", "f", NftHook.Forward, NftChainType.Filter, 0, NftPolicy.Drop);
                transaction.AddRule(Family, "t", "f", new NftRule().Accept());
                session.Nftables.Commit(transaction);
            });
        }

        Assert.Equal(
            "table inet t {\n\tchain f {\n\t\ttype filter hook forward priority filter; policy drop;\n\t\taccept\n\t}\n}\n", await sandbox.ListAsync());
        KernelException exception = await Assert.ThrowsAsync<KernelException>(() => sandbox.RunAsync(session =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            transaction.DestroyTable(Family, "t");
            transaction.DeleteTable(Family, "t");
            session.Nftables.Commit(transaction);
        }));
        Assert.Equal(("delete table", "inet t", LinuxErrno.ENOENT), (exception.Operation, exception.Subject, exception.Errno));
    }

    [Fact]
    public async Task Deleting_what_is_absent_or_used_names_the_set()
    {
        await using KernelSandbox sandbox = KernelSandbox.Create();
        await sandbox.LoadAsync("table inet t { set s { type ifname; } \n chain c { iifname @s accept \n } }");

        KernelException used = await Assert.ThrowsAsync<KernelException>(() => sandbox.RunAsync(session =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            transaction.DeleteSet(Family, "t", "s");
            session.Nftables.Commit(transaction);
        }));
        KernelException absent = await Assert.ThrowsAsync<KernelException>(() => sandbox.RunAsync(session =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            transaction.DeleteElement(Family, "t", "s", NftElement.Of("eth0"));
            session.Nftables.Commit(transaction);
        }));

        Assert.Equal(("delete set", "inet t s", LinuxErrno.EBUSY), (used.Operation, used.Subject, used.Errno));
        Assert.Equal(("delete element", "inet t s", LinuxErrno.ENOENT), (absent.Operation, absent.Subject, absent.Errno));
    }

    [Fact]
    public async Task Base_chains_of_every_family_are_what_the_nft_program_would_have_made()
    {
        await using KernelSandbox theirs = KernelSandbox.Create();
        await theirs.LoadAsync("""
            table ip t { chain a { type route hook output priority -150; } }
            table ip6 t { chain a { type filter hook input priority 0; policy drop; } }
            table arp t { chain a { type filter hook output priority 0; } }
            table bridge t { chain a { type filter hook prerouting priority -300; } }
            """);
        await using KernelSandbox ours = KernelSandbox.Create();

        await ours.RunAsync(session =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            foreach (NftFamily family in new[] { NftFamily.IPv4, NftFamily.IPv6, NftFamily.Arp, NftFamily.Bridge })
            {
                transaction.AddTable(family, "t");
            }

            transaction.AddBaseChain(NftFamily.IPv4, "t", "a", NftHook.Output, NftChainType.Route, NftPriority.Mangle);
            transaction.AddBaseChain(NftFamily.IPv6, "t", "a", NftHook.Input, NftChainType.Filter, NftPriority.Filter, NftPolicy.Drop);
            transaction.AddBaseChain(NftFamily.Arp, "t", "a", NftHook.Output, NftChainType.Filter, NftPriority.Filter);
            transaction.AddBaseChain(NftFamily.Bridge, "t", "a", NftHook.Prerouting, NftChainType.Filter, NftPriority.BridgeDestinationNat);
            session.Nftables.Commit(transaction);
            NftRuleset found = session.Nftables.ReadRuleset(NftFamily.Arp, null);
            Assert.Equal(NftHook.Output, Assert.Single(found.Tables).Chains[0].Hook);
        });

        Assert.Equal(await theirs.ListAsync(), await ours.ListAsync());
    }

    [Fact]
    public async Task A_transaction_that_is_over_takes_no_more_changes()
    {
        await using KernelSandbox sandbox = KernelSandbox.Create();

        await sandbox.RunAsync(session =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            session.Nftables.Commit(transaction);
            Assert.Throws<InvalidOperationException>(() => transaction.AddTable(Family, "t"));
            Assert.Throws<InvalidOperationException>(() => session.Nftables.Commit(transaction));
        });
    }

    [Fact]
    public async Task Another_namespace_has_rules_of_its_own()
    {
        await using KernelSandbox host = KernelSandbox.Create();
        await using KernelSandbox inside = KernelSandbox.Create();

        await host.RunAsync(session =>
        {
            using NftSocket nft = session.OpenNftables(inside.Namespace);
            NftTransaction transaction = nft.Begin();
            transaction.AddTable(Family, "inner");
            nft.Commit(transaction);
        });

        Assert.Empty(await host.ListAsync());
        Assert.Contains("inner", await inside.ListAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_injected_fault_stops_the_whole_transaction()
    {
        await using KernelSandbox sandbox = KernelSandbox.Create(new FailOn("add chain"));

        KernelException exception = await Assert.ThrowsAsync<KernelException>(() => sandbox.RunAsync(session =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            transaction.AddTable(Family, "t");
            transaction.AddChain(Family, "t", "c");
            session.Nftables.Commit(transaction);
        }));

        Assert.Equal(LinuxErrno.ENOMEM, exception.Errno);
        Assert.Empty(await sandbox.ListAsync());
    }

    private static NftSocket OpenHere(KernelSandbox sandbox)
        => new(
            KernelSession.OpenNetlink(sandbox.Namespace, Linux.Netlink.NetlinkProtocol.Netfilter, new byte[64 * 1024], observer: null),
            new Linux.Netlink.NetlinkBatch());

    private sealed class FailOn(string operation) : IKernelObserver
    {
        public void OnRequest(in KernelRequest request)
        {
            if (request.Operation == operation)
            {
                throw new KernelException(request.Operation, request.Subject, LinuxErrno.ENOMEM);
            }
        }
    }
}
