using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Nftables.Script;

namespace LibNetwork.Linux.Tests.Nftables;

[Trait("Category", "Kernel")]
public sealed class NftRuleKernelTests
{
    private const string Table = "t";

    public static TheoryData<string> Chains => ["filter", "prerouting", "postrouting", "raw", "bridge"];

    [Theory]
    [MemberData(nameof(Chains))]
    public async Task Every_rule_form_is_what_the_nft_program_would_have_made(string which)
    {
        (string header, NftFamily family, NftHook hook, NftChainType type, int priority, (string Text, Func<NftRule, NftRule> Build)[] forms) = Chain(which);
        string objects = family == NftFamily.Bridge ? "map pairs { type ifname . ifname : verdict; }" : NftRuleForms.Objects;
        await using KernelSandbox theirs = KernelSandbox.Create();
        await theirs.LoadAsync($$"""
            table {{(family == NftFamily.Bridge ? "bridge" : "inet")}} {{Table}} {
            {{objects}}
            chain c { {{header}}
            {{string.Join('\n', forms.Select(form => form.Text))}}
            }
            }
            """);
        await using KernelSandbox ours = KernelSandbox.Create();
        await ours.LoadAsync($"table {(family == NftFamily.Bridge ? "bridge" : "inet")} {Table} {{\n{objects}\n}}");

        NftRuleset found = await ours.RunAsync(session =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            transaction.AddBaseChain(family, Table, "c", hook, type, priority);
            foreach ((_, Func<NftRule, NftRule> build) in forms)
            {
                transaction.AddRule(family, Table, "c", build(new NftRule()));
            }

            session.Nftables.Commit(transaction);
            return session.Nftables.ReadRuleset(family, Table);
        });

        Assert.Equal(await theirs.ListAsync(), await ours.ListAsync());
        NftChain chain = Assert.Single(found.Tables).FindChain("c")!;
        Assert.Equal((hook, type, priority, NftPolicy.Accept), (chain.Hook, chain.Type, chain.Priority, chain.Policy));
        Assert.Equal(forms.Select(form => form.Build(new NftRule())), chain.Rules.Select(rule => rule.Rule));
    }

    [Theory]
    [MemberData(nameof(Chains))]
    public async Task Rules_that_the_nft_program_made_are_read_with_its_own_words_for_each_step(string which)
    {
        (string header, NftFamily family, _, _, _, (string Text, Func<NftRule, NftRule> Build)[] forms) = Chain(which);
        string objects = family == NftFamily.Bridge ? "map pairs { type ifname . ifname : verdict; }" : NftRuleForms.Objects;
        string name = family == NftFamily.Bridge ? "bridge" : "inet";
        await using KernelSandbox sandbox = KernelSandbox.Create();
        await sandbox.LoadAsync($"table {name} {Table} {{\n{objects}\nchain c {{ {header}\n{string.Join('\n', forms.Select(form => form.Text))}\n}}\n}}");

        NftRuleset found = await sandbox.RunAsync(session => session.Nftables.ReadRuleset(family, Table));

        string debug = await sandbox.ExecAsync("nft", "--debug=netlink", "list", "chain", name, Table, "c");
        string[] expected = debug.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("[ ", StringComparison.Ordinal)).ToArray();
        string[] actual = found.Tables.Single().FindChain("c")!.Rules
            .SelectMany(rule => rule.Rule.Expressions).Select(expression => expression.ToString()!).ToArray();
        Assert.Equal(expected.Select(Normalise), actual.Select(Normalise));
    }

    [Theory]
    [MemberData(nameof(Chains))]
    public async Task A_rule_form_that_can_be_written_as_text_is_the_same_rule_again_once_the_nft_program_has_loaded_it(string which)
    {
        (_, NftFamily family, NftHook hook, NftChainType type, int priority, (string Text, Func<NftRule, NftRule> Build)[] forms) = Chain(which);
        string name = family == NftFamily.Bridge ? "bridge" : "inet";
        await using KernelSandbox sandbox = KernelSandbox.Create();
        await sandbox.LoadAsync($"table {name} {Table} {{\n{(family == NftFamily.Bridge ? "map pairs { type ifname . ifname : verdict; }" : NftRuleForms.Objects)}\n}}");
        NftTable objects = (await sandbox.RunAsync(static session => session.Nftables.ReadRuleset(family: null, Table))).Tables.Single();
        List<NftRule> written = [];
        foreach ((_, Func<NftRule, NftRule> build) in forms)
        {
            NftRule rule = build(new NftRule());
            NftChain chain = new() { Name = "c", Handle = 0, Hook = hook, Type = type, Priority = priority, Policy = NftPolicy.Accept, Rules = [new NftChainRule(0, rule)] };
            try
            {
                string script = NftScript.Create(objects with { Chains = [.. objects.Chains, chain] });
                await sandbox.LoadAsync(NftScript.Remove(family, Table) + script);
            }
            catch (NotSupportedException)
            {
                continue;
            }

            NftRuleset found = await sandbox.RunAsync(session => session.Nftables.ReadRuleset(family, Table));
            Assert.Equal(rule, Assert.Single(found.Tables.Single().FindChain("c")!.Rules).Rule);
            written.Add(rule);
        }

        Assert.True(written.Count > 0 || which == "raw", "no form was written");
    }

    [Fact]
    public async Task A_step_that_is_not_known_is_kept_and_equals_no_other_rule()
    {
        await using KernelSandbox sandbox = KernelSandbox.Create();
        await sandbox.LoadAsync("table inet t { chain c { type filter hook input priority 0; tcp option maxseg size set 1400 \n quota over 10 mbytes drop\n } }");

        NftRuleset found = await sandbox.RunAsync(session => session.Nftables.ReadRuleset(NftFamily.Inet, "t"));

        NftRule[] rules = found.Find(NftFamily.Inet, "t")!.FindChain("c")!.Rules.Select(rule => rule.Rule).ToArray();
        Assert.Contains(rules[0].Expressions, expression => expression is NftUnknownExpression { Name: "exthdr" });
        Assert.Contains(rules[1].Expressions, expression => expression is NftUnknownExpression { Name: "quota" });
        Assert.Contains("quota", found.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_set_that_belongs_to_one_rule_is_read_only_with_everything()
    {
        await using KernelSandbox sandbox = KernelSandbox.Create();
        await sandbox.LoadAsync("table inet t { set named { type inet_service; } \n chain c { tcp dport { 22, 80-90 } accept\n } }");

        (NftRuleset some, NftRuleset all) = await sandbox.RunAsync(session => (session.Nftables.ReadRuleset(NftFamily.Inet, "t"), session.Nftables.ReadAll()));

        Assert.Equal(["named"], some.Tables.Single().Sets.Select(set => set.Name));
        NftSet own = Assert.Single(all.Tables.Single().Sets, set => set.Name != "named");
        Assert.Equal([NftElement.Range((ushort)22, (ushort)22), NftElement.Range((ushort)80, (ushort)90)], own.Elements);
    }

    [Fact]
    public async Task Rules_can_be_inserted_deleted_by_handle_and_flushed()
    {
        await using KernelSandbox sandbox = KernelSandbox.Create();

        string[] texts = await sandbox.RunAsync<string[]>(session =>
        {
            NftSocket nft = session.Nftables;
            NftTransaction transaction = nft.Begin();
            transaction.AddTable(NftFamily.Inet, Table);
            transaction.AddChain(NftFamily.Inet, Table, "c");
            transaction.AddRule(NftFamily.Inet, Table, "c", new NftRule().Accept().WithComment("second"));
            transaction.InsertRule(NftFamily.Inet, Table, "c", new NftRule().Drop().WithComment("first"));
            nft.Commit(transaction);
            NftChain before = nft.ReadRuleset(NftFamily.Inet, Table).Tables[0].FindChain("c")!;

            transaction = nft.Begin();
            transaction.DeleteRule(NftFamily.Inet, Table, "c", before.Rules[0].Handle);
            nft.Commit(transaction);
            NftChain after = nft.ReadRuleset(NftFamily.Inet, Table).Tables[0].FindChain("c")!;

            transaction = nft.Begin();
            transaction.FlushChain(NftFamily.Inet, Table, "c");
            nft.Commit(transaction);
            NftChain flushed = nft.ReadRuleset(NftFamily.Inet, Table).Tables[0].FindChain("c")!;

            transaction = nft.Begin();
            transaction.DeleteChain(NftFamily.Inet, Table, "c");
            nft.Commit(transaction);
            Assert.Empty(nft.ReadRuleset(NftFamily.Inet, Table).Tables[0].Chains);
            return [.. before.Rules.Select(rule => rule.Rule.Comment!), "|", .. after.Rules.Select(rule => rule.Rule.Comment!), "|", .. flushed.Rules.Select(rule => rule.Rule.Comment!)];
        });

        Assert.Equal(["first", "second", "|", "second", "|"], texts);
    }

    /// <summary>Leaves out what the kernel fills in and this library does not keep: upper ends that equal the lower ones, flags that repeat what is given.</summary>
    private static string Normalise(string line)
    {
        line = line.Replace(" 0x0 ]", " ]", StringComparison.Ordinal);
        foreach (string part in new[] { " addr_max reg ", " proto_max reg " })
        {
            int start = line.IndexOf(part, StringComparison.Ordinal);
            line = start < 0 ? line : line.Remove(start, line.IndexOf(' ', start + part.Length) - start);
        }

        const string Marker = " flags 0x";
        int at = line.IndexOf(Marker, StringComparison.Ordinal);
        bool isTranslation = line.StartsWith("[ nat ", StringComparison.Ordinal) || line.StartsWith("[ redir ", StringComparison.Ordinal);
        if (at < 0 || !isTranslation)
        {
            return line;
        }

        int flags = Convert.ToInt32(line[(at + Marker.Length)..].TrimEnd(' ', ']'), 16) & ~3;
        return flags == 0 ? $"{line[..at]} ]" : $"{line[..at]}{Marker}{flags:x} ]";
    }

    private static (string Header, NftFamily Family, NftHook Hook, NftChainType Type, int Priority, (string Text, Func<NftRule, NftRule> Build)[] Forms) Chain(string which)
        => which switch
        {
            "prerouting" => ("type nat hook prerouting priority -100;", NftFamily.Inet, NftHook.Prerouting, NftChainType.Nat, NftPriority.DestinationNat, NftRuleForms.Prerouting),
            "postrouting" => ("type nat hook postrouting priority 100;", NftFamily.Inet, NftHook.Postrouting, NftChainType.Nat, NftPriority.SourceNat, NftRuleForms.Postrouting),
            "raw" => ("type filter hook output priority -300;", NftFamily.Inet, NftHook.Output, NftChainType.Filter, NftPriority.Raw, NftRuleForms.Raw),
            "bridge" => ("type filter hook forward priority -200;", NftFamily.Bridge, NftHook.Forward, NftChainType.Filter, NftPriority.BridgeFilter, NftRuleForms.Bridge),
            _ => ("type filter hook forward priority 0;", NftFamily.Inet, NftHook.Forward, NftChainType.Filter, NftPriority.Filter, NftRuleForms.Filter),
        };
}
