using System.Net;
using LibNetwork.Firewall;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Core.Tests.Egress;

public sealed class EgressModelTests
{
    private const string Network = "br-web";
    private const int MostAddresses = 1024;

    private static readonly EndpointId Id = new("e");
    private static readonly IPAddress Own = IPAddress.Parse("10.0.0.2"), Found = IPAddress.Parse("203.0.113.7");
    private static readonly EgressRule Narrow = EgressRule.Parse("www.example.org:443"), Wide = EgressRule.Parse("*.example.org:440-449");

    private readonly ManualClock _clock = new();

    [Fact]
    public void The_longest_time_counts_where_rules_have_ports_in_common()
    {
        EgressModel model = Restrict(Narrow, Wide);
        Admit(model, [Narrow], 60, Found);

        EgressChange wide = Admit(model, [Wide], 30, Found);
        EgressChange again = Admit(model, [Narrow], 60, Found);
        _clock.Advance(TimeSpan.FromSeconds(20));
        EgressChange later = Admit(model, [Narrow, Wide], 60, Found);

        Assert.Equal(9, wide.Added.Count);   // port 443 stays as it is
        Assert.Empty(wide.Removed);
        Assert.Empty(again.Added);
        Assert.Equal((10, 10), (later.Added.Count, later.Removed.Count));
        Assert.All(later.Added, static added => Assert.Equal(TimeSpan.FromSeconds(60), added.Element.Timeout));
    }

    [Fact]
    public void What_has_little_time_left_may_be_there_and_need_not()
    {
        EgressModel model = Restrict(Narrow);
        Admit(model, [Narrow], 10, Found);
        Assert.Equal((1, 1), (Named(model.All), Named(model.Passing)));

        _clock.Advance(TimeSpan.FromSeconds(9.5));
        Assert.Equal((0, 1), (Named(model.All), Named(model.Passing)));

        _clock.Advance(TimeSpan.FromSeconds(10));
        Admit(model, [Narrow], 10, IPAddress.Parse("203.0.113.8"));
        Assert.Equal((1, 1), (Named(model.All), Named(model.Passing)));
    }

    [Fact]
    public void An_endpoint_has_so_many_addresses_at_a_time_and_then_those_that_it_has()
    {
        EgressModel model = Restrict(Narrow);
        IPAddress[] many = [.. Enumerable.Range(0, MostAddresses).Select(static i => new IPAddress([198, 18, (byte)(i / 256), (byte)(i % 256)]))];
        Admit(model, [Narrow], 60, many);

        Assert.Null(model.Admit(Id, [Narrow], [Found], TimeSpan.FromSeconds(60)));
        Assert.NotNull(model.Admit(Id, [Narrow], [many[^1]], TimeSpan.FromSeconds(90)));

        _clock.Advance(TimeSpan.FromSeconds(70));
        Assert.NotNull(model.Admit(Id, [Narrow], [Found], TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Who_has_no_policy_or_another_one_is_let_nowhere()
    {
        EgressModel model = Restrict(Narrow);

        Assert.Empty(Admit(model, [Wide], 60, Found).Added);
        Assert.Empty(model.Admit(new EndpointId("other"), [Narrow], [Found], TimeSpan.FromSeconds(60))!.Added);   // it has not too many
        Assert.NotEmpty(Admit(model, [Narrow], 60, Found).Added);
    }

    [Fact]
    public void A_change_of_policy_touches_only_what_differs()
    {
        EgressModel model = Restrict(Narrow, EgressRule.Parse("192.0.2.0/24:80"));
        Admit(model, [Narrow], 60, Found);

        EgressChange change = model.Put(Id, Network, [Own], new EgressPolicy { Allowed = [Narrow, EgressRule.Parse("192.0.2.0/24:81")] });

        Assert.Equal(["reach4", "reach4"], change.Removed.Concat(change.Added).Select(static pair => pair.Set));
        Assert.Single(change.Added);
    }

    private EgressModel Restrict(params EgressRule[] rules)
    {
        EgressModel model = new(_clock);
        model.Put(Id, Network, [Own], new EgressPolicy { Allowed = rules }).Apply();
        return model;
    }

    private static EgressChange Admit(EgressModel model, EgressRule[] rules, int seconds, params IPAddress[] found)
    {
        EgressChange? change = model.Admit(Id, rules, found, TimeSpan.FromSeconds(seconds));
        Assert.NotNull(change);
        change.Apply();
        return change;
    }

    private static int Named(IEnumerable<(string Set, NftElement Element)> elements) => elements.Count(static pair => RoutedTable.IsNamed(pair.Set));
}
