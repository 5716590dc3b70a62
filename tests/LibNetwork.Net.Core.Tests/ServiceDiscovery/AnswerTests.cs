using System.Collections.Immutable;
using System.Net;
using LibNetwork.ServiceDiscovery;
using LibNetwork.ServiceDiscovery.Names;
using LibNetwork.TestSupport;

namespace LibNetwork.Core.Tests.ServiceDiscovery;

/// <summary>Answers are a function of a view of names: no sockets here.</summary>
public sealed class AnswerTests
{
    private static readonly Dictionary<string, TransportPort> NoPorts = [];

    private readonly NetworkNames _front = new("front");
    private readonly NetworkNames _back = new("b.c");
    private readonly Responder _responder = new(timeToLive: 5, ownBytes: 4096);
    private readonly EndpointId _db = EndpointId.New();
    private readonly byte[] _reply = new byte[65535];

    public AnswerTests()
    {
        _front.Put(_db, Endpoint(["db", "store", "0123456789ab"], "10.0.0.2", "fd00::2"));
        _front.Put(EndpointId.New(), Endpoint(["old"], "10.0.0.3"));
        _back.Put(EndpointId.New(), Endpoint(["a"], "10.1.0.2"));
    }

    private SandboxView View => new()
    {
        Networks = [new ViewNetwork(_front, ViewNetwork.NoLinks), new ViewNetwork(_back, ViewNetwork.NoLinks)],
        HasWayOut = true,
    };

    [Theory]
    [InlineData("db")]
    [InlineData("DB")]
    [InlineData("store")]
    [InlineData("0123456789ab")]
    [InlineData("db.front")]
    [InlineData("dB.FrOnT")]
    [Trait("Feature", "DN-02")]
    public void Each_of_an_endpoints_names_gives_its_address(string name)
    {
        DnsReply reply = Ask(name, DnsRecordType.A);

        Assert.Equal(DnsResponseCode.Success, reply.Code);
        Assert.Equal(["10.0.0.2"], reply.Data);
        Assert.Equal([name], reply.Answers.Select(answer => answer.Owner));   // the case of the question
        Assert.True(reply.IsRecursionAvailable);
        Assert.Equal(0x1234, reply.Id);
        Assert.Equal([5u], reply.Answers.Select(answer => answer.TimeToLive));
    }

    [Theory]
    [InlineData("nobody", DnsRecordType.A)]
    [InlineData("a.front", DnsRecordType.A)]
    [InlineData("db.b.c", DnsRecordType.A)]
    [InlineData("www.example.com", DnsRecordType.Aaaa)]
    [InlineData("nobody", DnsRecordType.Mx)]
    [InlineData("9.0.0.10.in-addr.arpa", DnsRecordType.Ptr)]
    [InlineData("2.0.0.10.in-addr.arpa.x", DnsRecordType.Ptr)]
    [InlineData("02.0.0.10.in-addr.arpa", DnsRecordType.Ptr)]
    [InlineData("", DnsRecordType.Soa)]
    [InlineData("_http._tcp.db", DnsRecordType.Srv)]
    public void What_nobody_here_is_called_is_asked_outside(string name, DnsRecordType type)
        => Assert.Equal(Disposition.Forwarded, _responder.Answer(View, DnsText.Query(name, type), isDatagram: true, _reply, out _));

    [Theory]
    [InlineData("old", DnsRecordType.Aaaa)]
    [InlineData("db", DnsRecordType.Mx)]
    [InlineData("db", DnsRecordType.Txt)]
    [InlineData("db", (DnsRecordType)65)]
    [Trait("Feature", "DN-03")]
    public void A_known_name_without_such_a_record_gives_an_empty_answer(string name, DnsRecordType type)
    {
        DnsReply reply = Ask(name, type);

        Assert.Equal(DnsResponseCode.Success, reply.Code);
        Assert.Empty(reply.Answers);
    }

    [Fact]
    [Trait("Feature", "DN-03")]
    public void Both_families_and_everything_are_answered()
    {
        Assert.Equal(["fd00::2"], Ask("db", DnsRecordType.Aaaa).Data);
        Assert.Equal(["10.0.0.2", "fd00::2"], Ask("db", DnsRecordType.Any).Data);
    }

    [Fact]
    [Trait("Feature", "DN-04")]
    public void Several_addresses_come_in_turn()
    {
        for (int number = 10; number < 14; number++)
        {
            _front.Put(EndpointId.New(), Endpoint(["web"], $"10.0.0.{number}"));
        }

        string[][] answers = [.. Enumerable.Range(0, 400).Select(_ => Ask("web", DnsRecordType.A).Data.ToArray())];

        Assert.All(answers, answer => Assert.Equal(["10.0.0.10", "10.0.0.11", "10.0.0.12", "10.0.0.13"], answer.Order()));
        Assert.All(answers.CountBy(answer => answer[0]), first => Assert.InRange(first.Value, 60, 140));
    }

    [Fact]
    [Trait("Feature", "DN-05")]
    public void An_address_gives_the_first_name_with_its_network()
    {
        Assert.Equal(["db.front"], Ask("2.0.0.10.in-addr.arpa", DnsRecordType.Ptr).Data);
        Assert.Equal(
            ["db.front"], Ask("2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.D.F.ip6.arpa", DnsRecordType.Ptr).Data);
        Assert.Equal(["a.b.c"], Ask("2.0.1.10.IN-ADDR.ARPA", DnsRecordType.Ptr).Data);
    }

    [Fact]
    [Trait("Feature", "DN-05")]
    public void A_service_gives_port_target_and_addresses()
    {
        _front.Put(_db, Endpoint(["db"], "10.0.0.2", "fd00::2") with { Ports = new Dictionary<string, TransportPort> { ["pg"] = TransportPort.Parse("5432/tcp") } });

        foreach (string name in new[] { "_pg._tcp.db", "_PG._TCP.db.front" })
        {
            DnsReply reply = Ask(name, DnsRecordType.Srv);

            Assert.Equal([DnsRecordType.Srv], reply.Answers.Select(answer => answer.Type));
            Assert.Equal(["5432 db.front"], reply.Data);
            Assert.Equal([("db.front", "10.0.0.2"), ("db.front", "fd00::2")], reply.Additional.Select(record => (record.Owner, record.Data)));
        }

        Assert.Empty(Ask("_pg._tcp.db", DnsRecordType.A).Answers);
    }

    [Fact]
    [Trait("Feature", "CN-40")]
    public void A_removed_endpoint_is_gone_from_the_next_answer_and_new_names_take_the_place_of_old_ones()
    {
        _front.Put(_db, Endpoint(["new"], "10.0.0.2"));

        Assert.Equal(["10.0.0.2"], Ask("new", DnsRecordType.A).Data);
        Assert.Equal(["new.front"], Ask("2.0.0.10.in-addr.arpa", DnsRecordType.Ptr).Data);
        Assert.Equal(Disposition.Forwarded, _responder.Answer(View, DnsText.Query("db", DnsRecordType.A), isDatagram: true, _reply, out _));

        _front.Remove(_db);

        Assert.Equal(Disposition.Forwarded, _responder.Answer(View, DnsText.Query("new", DnsRecordType.A), isDatagram: true, _reply, out _));
        Assert.Equal(Disposition.Forwarded, _responder.Answer(View, DnsText.Query("2.0.0.10.in-addr.arpa", DnsRecordType.Ptr), isDatagram: true, _reply, out _));
    }

    [Fact]
    public void An_address_that_two_hold_under_one_name_is_answered_once_and_until_the_last_is_gone()
    {
        EndpointId first = EndpointId.New(), second = EndpointId.New();
        _front.Put(first, Endpoint(["vip"], "10.0.0.9"));
        _front.Put(second, Endpoint(["vip"], "10.0.0.9"));
        Assert.Equal(["10.0.0.9"], Ask("vip", DnsRecordType.A).Data);

        _front.Remove(first);
        _front.Remove(first);
        Assert.Equal(["10.0.0.9"], Ask("vip", DnsRecordType.A).Data);
        Assert.Equal(["vip.front"], Ask("9.0.0.10.in-addr.arpa", DnsRecordType.Ptr).Data);

        _front.Remove(second);
        Assert.Equal(Disposition.Forwarded, _responder.Answer(View, DnsText.Query("vip", DnsRecordType.A), isDatagram: true, _reply, out _));
    }

    [Fact]
    public void Names_and_networks_may_have_dots_and_the_longest_name_wins()
    {
        NetworkNames c = new("c"), bc = new("b.c");
        c.Put(EndpointId.New(), Endpoint(["a.b"], "10.0.0.1"));
        bc.Put(EndpointId.New(), Endpoint(["a"], "10.0.0.2"));
        SandboxView both = new() { Networks = [new ViewNetwork(bc, ViewNetwork.NoLinks), new ViewNetwork(c, ViewNetwork.NoLinks)] };
        SandboxView one = new() { Networks = [new ViewNetwork(bc, ViewNetwork.NoLinks)] };

        Assert.Equal(["10.0.0.1"], Ask("a.b.c", DnsRecordType.A, both).Data);
        Assert.Equal(["10.0.0.2"], Ask("a.b.c", DnsRecordType.A, one).Data);

        bc.Put(EndpointId.New(), Endpoint(["a.b.c"], "10.0.0.3"));
        Assert.Equal(["10.0.0.3"], Ask("a.b.c", DnsRecordType.A, both).Data);
    }

    [Fact]
    [Trait("Feature", "DN-15")]
    public void A_link_is_known_to_its_own_sandbox_and_wins_over_names()
    {
        SandboxView linked = View with
        {
            Networks = [new ViewNetwork(_front, ViewNetwork.LinksOf(new Dictionary<string, string> { ["mine"] = "db", ["old"] = "db" }))],
        };

        Assert.Equal(["10.0.0.2"], Ask("Mine", DnsRecordType.A, linked).Data);
        Assert.Equal(["10.0.0.2"], Ask("mine.front", DnsRecordType.A, linked).Data);
        Assert.Equal(["10.0.0.2"], Ask("old", DnsRecordType.A, linked).Data);
        Assert.Equal(["10.0.0.3"], Ask("old", DnsRecordType.A).Data);
        Assert.Equal(Disposition.Forwarded, _responder.Answer(View, DnsText.Query("mine", DnsRecordType.A), isDatagram: true, _reply, out _));
    }

    [Fact]
    public void A_search_domain_does_not_hide_a_name_from_here()
    {
        SandboxView searching = View with { SearchDomains = Keys("corp.example") };

        Assert.Equal(["10.0.0.2"], Ask("db.corp.example", DnsRecordType.A, searching).Data);
        Assert.Equal(Disposition.Forwarded, _responder.Answer(searching, DnsText.Query("x.corp.example", DnsRecordType.A), isDatagram: true, _reply, out _));
        Assert.Equal(Disposition.Forwarded, _responder.Answer(View, DnsText.Query("db.corp.example", DnsRecordType.A), isDatagram: true, _reply, out _));
    }

    [Fact]
    public void Names_without_a_dot_stay_inside_when_the_user_counts_dots()
    {
        SandboxView counting = View with { KeepsUndotted = true };

        Assert.Empty(Ask("nobody", DnsRecordType.A, counting).Answers);
        Assert.Equal(Disposition.Forwarded, _responder.Answer(counting, DnsText.Query("nobody", DnsRecordType.Txt), isDatagram: true, _reply, out _));
        Assert.Equal(Disposition.Forwarded, _responder.Answer(counting, DnsText.Query("no.body", DnsRecordType.A), isDatagram: true, _reply, out _));
    }

    [Theory]
    [InlineData(null, 512)]
    [InlineData(100, 512)]
    [InlineData(1232, 1232)]
    [InlineData(65535, 4096)]
    [Trait("Feature", "DN-09")]
    public void An_answer_is_cut_at_a_record_to_what_the_client_takes(int? edns, int limit)
    {
        for (int number = 0; number < 400; number++)
        {
            _front.Put(EndpointId.New(), Endpoint(["many"], $"10.2.{number / 200}.{1 + (number % 200)}"));
        }

        byte[] query = DnsText.Query("many", DnsRecordType.A, edns: edns);
        Assert.Equal(Disposition.Answered, _responder.Answer(View, query, isDatagram: true, _reply.AsSpan(0, 4096), out int length));
        DnsReply reply = DnsText.Parse(_reply.AsSpan(0, length));

        Assert.True(reply.IsTruncated);
        Assert.InRange(length, limit - 16, limit);
        Assert.Equal(edns is null ? 0 : 1, reply.Additional.Count(record => record.Type == DnsRecordType.Opt));

        Assert.Equal(Disposition.Answered, _responder.Answer(View, query, isDatagram: false, _reply, out length));
        reply = DnsText.Parse(_reply.AsSpan(0, length));
        Assert.False(reply.IsTruncated);
        Assert.Equal(400, reply.Answers.Count);
    }

    [Fact]
    public void What_is_no_question_gets_an_error_or_nothing()
    {
        byte[] query = DnsText.Query("db", DnsRecordType.A);
        byte[] With(int index, byte value)
        {
            byte[] changed = [.. query];
            changed[index] = value;
            return changed;
        }

        Assert.Equal((Disposition.Answered, DnsResponseCode.Success), Result(query));
        Assert.Equal((Disposition.Dropped, DnsResponseCode.Success), Result(query[..11]));
        Assert.Equal((Disposition.Dropped, DnsResponseCode.Success), Result(With(2, 0x81)));   // an answer
        Assert.Equal((Disposition.Dropped, DnsResponseCode.Success), Result(With(5, 0)));   // no question
        Assert.Equal((Disposition.Answered, DnsResponseCode.FormatError), Result(With(5, 2)));
        Assert.Equal((Disposition.Answered, DnsResponseCode.FormatError), Result(With(11, 1)));   // a record that is not there
        Assert.Equal((Disposition.Answered, DnsResponseCode.FormatError), Result(With(12, 0xc0)));   // a pointer in a question
        Assert.Equal((Disposition.Answered, DnsResponseCode.FormatError), Result(query[..^1]));
        Assert.Equal((Disposition.Answered, DnsResponseCode.NotImplemented), Result(With(2, 0x28)));   // an update
        Assert.Equal((Disposition.Answered, DnsResponseCode.Refused), Result(DnsText.Query("db", DnsRecordType.Txt, queryClass: 3)));
        byte[] edns = DnsText.Query("db", DnsRecordType.A, edns: 1232);
        edns[^5] = 1;   // version 1
        Assert.Equal((Disposition.Answered, DnsResponseCode.Success), Result(edns));   // the upper bits are in the EDNS record
        Assert.Equal(DnsResponseCode.BadVersion, _responder.Code);
    }

    [Fact]
    public void An_answer_from_here_allocates_nothing()
    {
        SandboxView view = View;
        byte[] query = DnsText.Query("db.front", DnsRecordType.Any, edns: 1232);
        for (int round = 0; round < 1000; round++)
        {
            _responder.Answer(view, query, isDatagram: true, _reply, out _);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 10_000; round++)
        {
            _responder.Answer(view, query, isDatagram: true, _reply, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static EndpointNames Endpoint(string[] names, string ipv4, string? ipv6 = null)
        => new(names, IPAddress.Parse(ipv4), ipv6 is null ? null : IPAddress.Parse(ipv6), NoPorts);

    private static ImmutableArray<NameKey> Keys(params string[] names)
        => [.. names.Select(name => NameKey.TryParse(name, out NameKey key) ? key : throw new ArgumentException(name, nameof(names)))];

    private (Disposition, DnsResponseCode) Result(byte[] message)
    {
        Disposition disposition = _responder.Answer(View, message, isDatagram: true, _reply, out int length);
        return (disposition, length == 0 ? DnsResponseCode.Success : (DnsResponseCode)(_reply[3] & 0xf));
    }

    private DnsReply Ask(string name, DnsRecordType type, SandboxView? view = null)
    {
        Assert.Equal(Disposition.Answered, _responder.Answer(view ?? View, DnsText.Query(name, type), isDatagram: true, _reply, out int length));
        return DnsText.Parse(_reply.AsSpan(0, length));
    }
}
