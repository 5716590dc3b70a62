using System.Net;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Linux.Tests.Nftables;

[Trait("Category", "Kernel")]
public sealed class NftSetKernelTests
{
    private const NftFamily Family = NftFamily.Inet;
    private const string Table = "t";

    public static TheoryData<string> Names => [.. Forms.Select(form => form.Spec.Name)];

    private static (string Text, NftSetSpec Spec, NftElement[] Elements)[] Forms =>
    [
        ("set names { type ifname; elements = { \"br0\", \"docker0\" } }",
            new NftSetSpec { Name = "names", Key = [NftDataType.IfName] },
            [NftElement.Of("br0"), NftElement.Of("docker0")]),
        ("set pairs { type ifname . ifname; comment \"who meets whom\"; elements = { \"a\" . \"b\" } }",
            new NftSetSpec { Name = "pairs", Key = [NftDataType.IfName, NftDataType.IfName], Comment = "who meets whom" },
            [NftElement.Of("a", "b")]),
        ("set macs { type ether_addr . ipv4_addr; elements = { 01:02:03:04:05:06 . 1.2.3.4 } }",
            new NftSetSpec { Name = "macs", Key = [NftDataType.EtherAddress, NftDataType.IPv4Address] },
            [NftElement.Of(new byte[] { 1, 2, 3, 4, 5, 6 }, IPAddress.Parse("1.2.3.4"))]),
        ("set mac { type ether_addr; elements = { 01:02:03:04:05:06 comment \"mine\" } }",
            new NftSetSpec { Name = "mac", Key = [NftDataType.EtherAddress] },
            [NftElement.Of(new byte[] { 1, 2, 3, 4, 5, 6 }).WithComment("mine")]),
        ("set marks { type mark; elements = { 0x10 } }",
            new NftSetSpec { Name = "marks", Key = [NftDataType.Mark] },
            [NftElement.Of(NftValue.Mark(0x10))]),
        ("set nets { type ipv4_addr; flags interval; elements = { 10.0.0.0/8, 172.16.0.1-172.16.0.9, 192.168.0.1, 255.255.255.0/24 } }",
            new NftSetSpec { Name = "nets", Key = [NftDataType.IPv4Address], Interval = true },
            [
                NftElement.Prefix(IPNetwork.Parse("10.0.0.0/8")),
                NftElement.Range(IPAddress.Parse("172.16.0.1"), IPAddress.Parse("172.16.0.9")),
                NftElement.Range(IPAddress.Parse("192.168.0.1"), IPAddress.Parse("192.168.0.1")),
                NftElement.Prefix(IPNetwork.Parse("255.255.255.0/24")),
            ]),
        ("set nets6 { type ipv6_addr; flags interval; elements = { fd00::/61, ff00::/8 } }",
            new NftSetSpec { Name = "nets6", Key = [NftDataType.IPv6Address], Interval = true },
            [NftElement.Prefix(IPNetwork.Parse("fd00::/61")), NftElement.Prefix(IPNetwork.Parse("ff00::/8"))]),
        ("set netports { type ipv4_addr . inet_service; flags interval; elements = { 10.0.0.0/8 . 80, 1.1.1.1 . 10-20, 2.2.2.2 . 7 } }",
            new NftSetSpec { Name = "netports", Key = [NftDataType.IPv4Address, NftDataType.InetService], Interval = true },
            [
                NftElement.Of(IPAddress.Parse("10.0.0.0"), (ushort)80).To(IPAddress.Parse("10.255.255.255"), (ushort)80),
                NftElement.Of(IPAddress.Parse("1.1.1.1"), (ushort)10).To(IPAddress.Parse("1.1.1.1"), (ushort)20),
                NftElement.Of(IPAddress.Parse("2.2.2.2"), (ushort)7),
            ]),
        ("map ports { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; elements = { 1.2.3.4 . tcp . 80 : 5.6.7.8 . 90 } }",
            new NftSetSpec
            {
                Name = "ports",
                Key = [NftDataType.IPv4Address, NftDataType.InetProtocol, NftDataType.InetService],
                Data = [NftDataType.IPv4Address, NftDataType.InetService],
            },
            [NftElement.Of(IPAddress.Parse("1.2.3.4"), (byte)6, (ushort)80).WithData(IPAddress.Parse("5.6.7.8"), (ushort)90)]),
        ("map tags { type ipv4_addr : mark; elements = { 1.1.1.1 : 0x10 } }",
            new NftSetSpec { Name = "tags", Key = [NftDataType.IPv4Address], Data = [NftDataType.Mark] },
            [NftElement.Of(IPAddress.Parse("1.1.1.1")).WithData(NftValue.Mark(0x10))]),
        ("map back { type mark : ipv4_addr; elements = { 0x0 : 10.0.0.1, 0x1 : 10.0.0.2 } }",
            new NftSetSpec { Name = "back", Key = [NftDataType.Mark], Data = [NftDataType.IPv4Address] },
            [
                NftElement.Of(NftValue.Mark(0)).WithData(IPAddress.Parse("10.0.0.1")),
                NftElement.Of(NftValue.Mark(1)).WithData(IPAddress.Parse("10.0.0.2")),
            ]),
        ("map verdicts { type ifname . ifname : verdict; elements = { \"a\" . \"b\" : jump other, \"c\" . \"d\" : drop, \"e\" . \"f\" : goto other } }",
            new NftSetSpec { Name = "verdicts", Key = [NftDataType.IfName, NftDataType.IfName], IsVerdictMap = true },
            [
                NftElement.Of("a", "b").WithVerdict(NftVerdict.Jump("other")),
                NftElement.Of("c", "d").WithVerdict(NftVerdict.Drop),
                NftElement.Of("e", "f").WithVerdict(NftVerdict.Goto("other")),
            ]),
        ("map simple { type inet_service : verdict; elements = { 80 : accept, 81 : return, 82 : continue } }",
            new NftSetSpec { Name = "simple", Key = [NftDataType.InetService], IsVerdictMap = true },
            [
                NftElement.Of((ushort)80).WithVerdict(NftVerdict.Accept),
                NftElement.Of((ushort)81).WithVerdict(NftVerdict.Return),
                NftElement.Of((ushort)82).WithVerdict(NftVerdict.Continue),
            ]),
        ("set leaving { type ipv4_addr; flags timeout; timeout 1h; }",
            new NftSetSpec { Name = "leaving", Key = [NftDataType.IPv4Address], Timeout = true, DefaultTimeout = TimeSpan.FromHours(1) },
            []),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_set_is_what_the_nft_program_would_have_made(string name)
    {
        (string text, NftSetSpec spec, NftElement[] elements) = Forms.Single(form => form.Spec.Name == name);
        await using KernelSandbox theirs = KernelSandbox.Create();
        await theirs.LoadAsync($"table inet t {{\ncomment \"all of it\"\n{text}\nchain other {{ }}\n}}");
        await using KernelSandbox ours = KernelSandbox.Create();

        NftRuleset found = await ours.RunAsync(session =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            transaction.AddTable(Family, Table, "all of it");
            transaction.AddChain(Family, Table, "other");
            transaction.AddSet(Family, Table, spec);
            foreach (NftElement element in elements)
            {
                transaction.AddElement(Family, Table, name, element);
                transaction.AddElement(Family, Table, name, element);
            }

            session.Nftables.Commit(transaction);
            return session.Nftables.ReadRuleset(Family, Table);
        });

        Assert.Equal(await theirs.ListAsync(), await ours.ListAsync());
        NftTable table = Assert.Single(found.Tables);
        Assert.Equal("all of it", table.Comment);
        NftSet set = Assert.Single(table.Sets);
        Assert.True(set.Matches(spec));
        Assert.Equal(spec.Comment, set.Comment);
        Assert.Equal(elements.ToHashSet(), set.Elements.ToHashSet());
        Assert.Equal(elements.Length, set.Elements.Count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_set_that_the_nft_program_made_is_read_as_it_is_and_can_be_emptied(string name)
    {
        (string text, NftSetSpec spec, NftElement[] elements) = Forms.Single(form => form.Spec.Name == name);
        await using KernelSandbox sandbox = KernelSandbox.Create();
        await sandbox.LoadAsync($"table inet t {{\n{text}\nchain other {{ }}\n}}");

        (NftRuleset before, NftRuleset after) = await sandbox.RunAsync(session =>
        {
            NftRuleset before = session.Nftables.ReadRuleset(Family, Table);
            NftTransaction transaction = session.Nftables.Begin();
            foreach (NftElement element in elements)
            {
                transaction.DeleteElement(Family, Table, name, element);
            }

            session.Nftables.Commit(transaction);
            return (before, session.Nftables.ReadRuleset(Family, Table));
        });

        Assert.True(before.Tables[0].Sets[0].Matches(spec));
        Assert.Equal(elements.ToHashSet(), before.Tables[0].Sets[0].Elements.ToHashSet());
        Assert.Empty(after.Tables[0].Sets[0].Elements);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Destroying_an_element_that_is_absent_is_fine(bool newKernel)
    {
        await using KernelSandbox sandbox = KernelSandbox.Create();
        NftElement element = NftElement.Of(IPAddress.Parse("1.1.1.1")).WithData(NftValue.Mark(1));

        int left = await sandbox.RunAsync(session =>
        {
            NftSocket nft = session.Nftables;
            nft.KernelCanDestroyElements = newKernel;
            NftTransaction transaction = nft.Begin();
            transaction.AddTable(Family, Table);
            transaction.AddSet(Family, Table, new NftSetSpec { Name = "m", Key = [NftDataType.IPv4Address], Data = [NftDataType.Mark] });
            nft.Commit(transaction);

            foreach (bool isThere in new[] { true, false })
            {
                transaction = nft.Begin();
                if (isThere)
                {
                    transaction.AddElement(Family, Table, "m", element);
                }

                transaction.DestroyElement(Family, Table, "m", element);
                nft.Commit(transaction);
            }

            return nft.ReadElements(Family, Table, "m").Count;
        });

        Assert.Equal(0, left);
    }

    [Fact]
    public async Task A_destroyed_map_element_needs_no_data_where_the_kernel_knows_the_request()
    {
        await using KernelSandbox sandbox = KernelSandbox.Create();

        (bool known, int left) = await sandbox.RunAsync(session =>
        {
            NftSocket nft = session.Nftables;
            NftTransaction transaction = nft.Begin();
            transaction.AddTable(Family, Table);
            transaction.AddSet(Family, Table, new NftSetSpec { Name = "m", Key = [NftDataType.IPv4Address], Data = [NftDataType.Mark] });
            transaction.AddElement(Family, Table, "m", NftElement.Of(IPAddress.Parse("1.1.1.1")).WithData(NftValue.Mark(1)));
            transaction.DestroyElement(Family, Table, "m", NftElement.Of(IPAddress.Parse("1.1.1.1")).WithData(NftValue.Mark(1)));
            nft.Commit(transaction);
            return (nft.KernelCanDestroyElements == true, nft.ReadElements(Family, Table, "m").Count);
        });

        Assert.Equal(Environment.OSVersion.Version >= new Version(6, 3), known);
        Assert.Equal(0, left);
    }

    [Fact]
    public async Task Ten_thousand_elements_go_in_and_out_in_a_few_batches()
    {
        const int PerBatch = 2500;
        const int Total = 10_000;
        await using KernelSandbox sandbox = KernelSandbox.Create();
        NftElement[] elements = Enumerable.Range(0, Total)
            .Select(i => NftElement.Of(new IPAddress(new byte[] { 10, 0, (byte)(i >> 8), (byte)i }), (byte)6, (ushort)i)
                .WithData(new IPAddress(new byte[] { 10, 1, (byte)(i >> 8), (byte)i }), (ushort)80))
            .ToArray();

        (IReadOnlyList<NftElement> full, IReadOnlyList<NftElement> empty) = await sandbox.RunAsync(session =>
        {
            NftSocket nft = session.Nftables;
            NftTransaction transaction = nft.Begin();
            transaction.AddTable(Family, Table);
            transaction.AddSet(Family, Table, new NftSetSpec
            {
                Name = "m",
                Key = [NftDataType.IPv4Address, NftDataType.InetProtocol, NftDataType.InetService],
                Data = [NftDataType.IPv4Address, NftDataType.InetService],
            });
            nft.Commit(transaction);
            foreach (NftElement[] part in elements.Chunk(PerBatch))
            {
                transaction = nft.Begin();
                foreach (NftElement element in part)
                {
                    transaction.AddElement(Family, Table, "m", element);
                }

                nft.Commit(transaction);
            }

            IReadOnlyList<NftElement> full = nft.ReadElements(Family, Table, "m");
            transaction = nft.Begin();
            transaction.FlushSet(Family, Table, "m");
            nft.Commit(transaction);
            return (full, nft.ReadElements(Family, Table, "m"));
        });

        Assert.Equal(elements.ToHashSet(), full.ToHashSet());
        Assert.Equal(Total, full.Count);
        Assert.Empty(empty);
    }

    [Fact]
    public async Task An_element_leaves_after_its_timeout()
    {
        await using KernelSandbox sandbox = KernelSandbox.Create();

        NftElement element = await sandbox.RunAsync(session =>
        {
            NftSocket nft = session.Nftables;
            NftTransaction transaction = nft.Begin();
            transaction.AddTable(Family, Table);
            transaction.AddSet(Family, Table, new NftSetSpec { Name = "s", Key = [NftDataType.IPv4Address], Timeout = true });
            transaction.AddElement(Family, Table, "s", NftElement.Of(IPAddress.Loopback).WithTimeout(TimeSpan.FromMinutes(5)).WithComment("c"));
            nft.Commit(transaction);
            return Assert.Single(nft.ReadElements(Family, Table, "s"));
        });

        Assert.Equal(TimeSpan.FromMinutes(5), element.Timeout);
        Assert.InRange(element.Expires!.Value, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        Assert.Equal("c", element.Comment);
    }

    [Fact]
    public async Task A_change_of_one_element_allocates_nothing()
    {
        await using KernelSandbox sandbox = KernelSandbox.Create();
        NftElement element = NftElement.Of(IPAddress.Parse("1.2.3.4"), (byte)6, (ushort)80).WithData(IPAddress.Parse("5.6.7.8"), (ushort)90);

        long allocated = await sandbox.RunAsync(session =>
        {
            NftSocket nft = session.Nftables;
            NftTransaction transaction = nft.Begin();
            transaction.AddTable(Family, Table);
            transaction.AddSet(Family, Table, new NftSetSpec
            {
                Name = "m",
                Key = [NftDataType.IPv4Address, NftDataType.InetProtocol, NftDataType.InetService],
                Data = [NftDataType.IPv4Address, NftDataType.InetService],
            });
            nft.Commit(transaction);
            long start = 0;
            const int WarmUp = 100;
            for (int i = 0; i < 1000; i++)
            {
                start = i == WarmUp ? GC.GetAllocatedBytesForCurrentThread() : start;
                transaction = nft.Begin();
                transaction.AddElement(Family, Table, "m", element);
                nft.Commit(transaction);
                transaction = nft.Begin();
                transaction.DeleteElement(Family, Table, "m", element);
                nft.Commit(transaction);
            }

            return GC.GetAllocatedBytesForCurrentThread() - start;
        });

        Assert.Equal(0, allocated);
    }
}
