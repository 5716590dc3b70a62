using System.Buffers.Binary;
using System.Net;
using LibNetwork.ServiceDiscovery;
using LibNetwork.ServiceDiscovery.Dns;
using LibNetwork.ServiceDiscovery.Egress;
using LibNetwork.ServiceDiscovery.Names;
using LibNetwork.TestSupport;

namespace LibNetwork.Core.Tests.Egress;

/// <summary>Which names a pattern means, which addresses may follow from one, and for how long.</summary>
public sealed class EgressNameTests
{
    private static readonly byte[] Address = [192, 0, 2, 7];

    [Theory]
    [InlineData("www.example.org", "www.example.org", true)]
    [InlineData("WWW.Example.org", "www.example.org", true)]
    [InlineData("www.example.org", "example.org", false)]
    [InlineData("www.example.org", "a.www.example.org", false)]
    [InlineData("*.example.org", "www.example.org", true)]
    [InlineData("*.example.org", "a.b.example.org", true)]
    [InlineData("*.example.org", "example.org", false)]
    [InlineData("*.example.org", "badexample.org", false)]
    [InlineData("*.example.org", "org", false)]
    public void A_pattern_means_whole_labels(string pattern, string name, bool isMeant)
    {
        Assert.True(NameKey.TryParse(name, out NameKey key));
        Assert.Equal(isMeant, NamePattern.Parse(pattern)!.Value.Matches(key.Labels));   // all of them are patterns
    }

    [Fact]
    public void A_label_that_looks_like_the_end_of_a_name_is_not_one()
    {
        byte[] inside = [9, (byte)'x', 7, .. "example"u8, 3, .. "org"u8];   // one label under org

        Assert.False(NamePattern.Parse("*.example.org")!.Value.Matches(inside));
        Assert.False(NamePattern.Parse("example.org")!.Value.Matches(inside));
        Assert.True(NamePattern.Parse("*.org")!.Value.Matches(inside));
    }

    [Theory]
    [InlineData("192.0.2.7", "Public")]
    [InlineData("2001:db8::1", "Public")]
    [InlineData("64:ff9b::c000:207", "Public")]
    [InlineData("10.1.2.3", "Private")]
    [InlineData("172.31.255.255", "Private")]
    [InlineData("192.168.0.1", "Private")]
    [InlineData("100.64.0.1", "Private")]
    [InlineData("fd00::1", "Private")]
    [InlineData("::ffff:10.0.0.1", "Private")]
    [InlineData("64:ff9b::a00:1", "Private")]
    [InlineData("127.0.0.1", "Closed")]
    [InlineData("0.0.0.0", "Closed")]
    [InlineData("169.254.169.254", "Closed")]
    [InlineData("255.255.255.255", "Closed")]
    [InlineData("224.0.0.251", "Closed")]
    [InlineData("::", "Closed")]
    [InlineData("::1", "Closed")]
    [InlineData("::7f00:1", "Closed")]
    [InlineData("::ffff:127.0.0.1", "Closed")]
    [InlineData("64:ff9b::7f00:1", "Closed")]
    [InlineData("2002:7f00:1::1", "Closed")]
    [InlineData("fe80::1", "Closed")]
    [InlineData("ff02::1", "Closed")]
    [InlineData("fd00:ec2::254", "Closed")]
    [InlineData("100.100.100.200", "Closed")]
    public void An_address_is_the_worlds_a_networks_or_no_names(string address, string expected)
        => Assert.Equal(expected, AddressScopes.Of(IPAddress.Parse(address)).ToString());

    [Fact]
    public void An_answer_is_good_as_long_as_its_worst_record_and_can_be_limited()
    {
        byte[] query = DnsText.Query("www.example.org", DnsRecordType.A);
        byte[] reply = DnsText.Reply(
            query, 0, ("www.example.org", DnsRecordType.Cname, DnsText.Name("cdn.example.net")), ("cdn.example.net", DnsRecordType.A, Address),
            ("cdn.example.net", DnsRecordType.Aaaa, IPAddress.Parse("2001:db8::7").GetAddressBytes()));
        BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(query.Length + 17 + 4), 7);   // of the alias: behind its name, type and class

        DnsAddressRecords records = DnsAddressRecords.Read(reply, query.Length);
        DnsAddressRecords.Limit(reply, query.Length, 30);

        Assert.Equal(["192.0.2.7", "2001:db8::7"], records.Addresses.Select(static address => address.ToString()));
        Assert.Equal(7u, records.TimeToLive);
        Assert.Equal([7u, 30u, 30u], DnsText.Parse(reply).Answers.Select(static answer => answer.TimeToLive));
    }

    [Fact]
    public void A_time_with_its_first_bit_set_means_none_and_other_classes_are_no_addresses()
    {
        byte[] query = DnsText.Query("www.example.org", DnsRecordType.A);
        byte[] reply = DnsText.Reply(query, 0, ("www.example.org", DnsRecordType.A, Address));
        reply[^10] = 0x80;
        Assert.Equal(0u, DnsAddressRecords.Read(reply, query.Length).TimeToLive);

        reply[^11] = 3;   // the class of CHAOS
        Assert.Empty(DnsAddressRecords.Read(reply, query.Length).Addresses);
    }

    [Fact]
    public void An_answer_that_is_cut_anywhere_is_read_without_an_error()
    {
        byte[] query = DnsText.Query("www.example.org", DnsRecordType.A);
        byte[] reply = DnsText.Reply(query, 0, ("www.example.org", DnsRecordType.A, Address), ("www.example.org", DnsRecordType.A, Address));

        for (int length = query.Length; length < reply.Length; length++)
        {
            byte[] cut = reply[..length];
            Assert.True(DnsAddressRecords.Read(cut, query.Length).Addresses.Count < 2);
            DnsAddressRecords.Limit(cut, query.Length, 1);
        }
    }
}
