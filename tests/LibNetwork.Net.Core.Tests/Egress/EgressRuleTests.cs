namespace LibNetwork.Core.Tests.Egress;

public sealed class EgressRuleTests
{
    [Theory]
    [InlineData("*", "*")]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("10.1.2.3/8", "10.0.0.0/8")]
    [InlineData("10.1.2.3", "10.1.2.3/32")]
    [InlineData("10.1.2.3:80", "10.1.2.3/32:80/tcp")]
    [InlineData("10.0.0.0/8:80-90/udp", "10.0.0.0/8:80-90/udp")]
    [InlineData("10.0.0.0/8:*/sctp", "10.0.0.0/8:*/sctp")]
    [InlineData("2001:db8::/32", "[2001:db8::/32]")]
    [InlineData("2001:db8::1", "[2001:db8::1/128]")]
    [InlineData("[2001:db8::/32]:53/udp", "[2001:db8::/32]:53/udp")]
    [InlineData("[2001:db8::1]:53", "[2001:db8::1/128]:53/tcp")]
    [InlineData("::ffff:10.0.0.0/104", "10.0.0.0/8")]
    [InlineData("*:123/udp", "*:123/udp")]
    [InlineData(" www.example.org ", "www.example.org")]
    [InlineData("*.example.org:443", "*.example.org:443/tcp")]
    [InlineData("git.corp.example:443 private", "git.corp.example:443/tcp private")]
    public void A_rule_reads_as_it_is_written(string text, string expected)
    {
        EgressRule rule = EgressRule.Parse(text);

        Assert.Equal(expected, rule.ToString());
        Assert.Equal(rule, EgressRule.Parse(expected));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(":80")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/8:0")]
    [InlineData("10.0.0.0/8:90-80")]
    [InlineData("10.0.0.0/8:80/icmp")]
    [InlineData("10.0.0.0/8:80/tcp/udp")]
    [InlineData("10.0.0.0/8 private")]
    [InlineData("10.1")]
    [InlineData("10.1.2.3.4")]
    [InlineData("www.example.org/24")]
    [InlineData("www example.org")]
    [InlineData("www.example.org:")]
    [InlineData("[2001:db8::1")]
    [InlineData("[2001:db8::1]80")]
    [InlineData("2001:db8::1:443/tcp")]
    public void What_is_no_rule_is_an_invalid_argument(string text)
    {
        NetworkException refused = Assert.Throws<NetworkException>(() => EgressRule.Parse(text));

        Assert.Equal((NetworkErrorKind.InvalidArgument, nameof(EgressRule)), (refused.Kind, refused.Field));
        Assert.False(EgressRule.TryParse(text, out _));
    }

    [Fact]
    public void Policies_are_equal_by_their_rules()
    {
        Assert.Equal(EgressPolicy.Allow("10.0.0.0/8", "www.example.org"), EgressPolicy.Parse("10.0.0.0/8,www.example.org"));
        Assert.Equal(EgressPolicy.Allow("10.0.0.0/8", "www.example.org private"), EgressPolicy.Parse("10.0.0.0/8; www.example.org private"));
        Assert.NotEqual(EgressPolicy.Allow("10.0.0.0/8"), EgressPolicy.Allow("10.0.0.0/9"));
        Assert.Equal(EgressPolicy.DenyAll, EgressPolicy.Parse(EgressPolicy.DenyAll.ToString()));
        Assert.NotEqual(EgressPolicy.DenyAll, EgressPolicy.Allow("*"));
    }
}
