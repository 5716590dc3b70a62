using System.Net;
using LibNetwork.ContainerFiles;
using LibNetwork.ServiceDiscovery;

namespace LibNetwork.Core.Tests.ContainerFiles;

public sealed class ResolvConfTests
{
    private static readonly ResolvConfOverrides Nothing = new();

    public static TheoryData<string> Names => [.. ResolvConfCorpus.Files.Select(file => file.Name)];

    [Theory, MemberData(nameof(Names)), Trait("Feature", "DN-10")]
    public void Every_shape_is_read_and_what_is_not_followed_is_said(string name)
    {
        (_, string text, string? servers, string search, string options, int[] ignored) = ResolvConfCorpus.Files.Single(file => file.Name == name);

        ResolvConf read = ResolvConf.Parse(text);

        if (servers is not null)
        {
            Assert.Equal(servers, string.Join(' ', read.ServerTexts));
            Assert.Equal(ignored, read.Remarks.Select(remark => remark.Line));
        }

        Assert.Equal(search, string.Join(' ', read.SearchDomains));
        Assert.Equal(options, string.Join(' ', read.Options));
        Assert.Equal(read.ServerTexts.Count, read.Servers.Count);   // each is an address

        // And what is made of it can be read again without a remark.
        foreach (ContainerResolvConf made in new[]
        {
            ContainerResolvConf.ForResolver(Host(read), Nothing), ContainerResolvConf.WithoutResolver(Host(read), Nothing, hasIPv6: true),
        })
        {
            ResolvConf again = ResolvConf.Parse(made.Text);
            Assert.DoesNotContain(again.Remarks, remark => !remark.Reason.Contains("is not asked", StringComparison.Ordinal));
            Assert.NotEmpty(again.ServerTexts);
            Assert.Equal(read.SearchDomains, again.SearchDomains);
        }
    }

    [Fact]
    public void The_corpus_has_fifty_shapes() => Assert.True(ResolvConfCorpus.Files.Length >= 50);

    [Theory, Trait("Feature", "DN-10")]
    [InlineData("options ndots:-1 foo:bar ndots ndots:", "foo:bar ndots:0", false)]
    [InlineData("options ndots:1 foo:bar ndots ndots:", "ndots:1 foo:bar", true)]
    [InlineData("options edns0", "edns0 ndots:0", false)]
    [InlineData("", "ndots:0", false)]
    public void The_resolver_is_named_alone_and_a_valid_ndots_stays(string options, string expected, bool keeps)
    {
        ContainerResolvConf made = ContainerResolvConf.ForResolver(Host(ResolvConf.Parse($"nameserver 192.0.2.1\nsearch a.example\n{options}\nsortlist 192.0.2.0\n")), Nothing);

        Assert.StartsWith($"nameserver 127.0.0.11\nsearch a.example\noptions {expected}\nsortlist 192.0.2.0\n\n#", made.Text, StringComparison.Ordinal);
        Assert.Equal(keeps, made.Dns.KeepsUndottedNames);
        Assert.Equal(["a.example"], made.Dns.SearchDomains);
        Assert.Empty(made.Dns.Servers);   // the host's, from the host, also when they change
    }

    [Fact, Trait("Feature", "DN-10")]
    public void What_the_user_says_replaces_each_list()
    {
        HostResolvConf host = Host(ResolvConf.Parse("nameserver 192.0.2.1\nsearch a.example\noptions edns0\n"));
        ResolvConfOverrides overrides = new() { Servers = [IPAddress.Parse("127.0.0.53")], SearchDomains = ["."], Options = ["ndots:2"] };

        ContainerResolvConf made = ContainerResolvConf.ForResolver(host, overrides);

        Assert.StartsWith("nameserver 127.0.0.11\noptions ndots:2\n\n", made.Text, StringComparison.Ordinal);
        Assert.Equal([new DnsServer(IPEndPoint.Parse("127.0.0.53:53"))], made.Dns.Servers);   // from inside
        Assert.True(made.Dns.KeepsUndottedNames);
        Assert.StartsWith("nameserver 127.0.0.53\n", ContainerResolvConf.WithoutResolver(host, overrides, hasIPv6: false).Text, StringComparison.Ordinal);
    }

    [Theory, Trait("Feature", "DN-13")]
    [InlineData("nameserver 127.0.0.1\nnameserver 192.0.2.1\nnameserver 2001:db8::1\n", false, "192.0.2.1")]
    [InlineData("nameserver 127.0.0.1\nnameserver 192.0.2.1\nnameserver 2001:db8::1\n", true, "192.0.2.1 2001:db8::1")]
    [InlineData("nameserver 127.0.0.1\n", false, "8.8.8.8 8.8.4.4")]
    [InlineData("nameserver ::1\n", true, "8.8.8.8 8.8.4.4 2001:4860:4860::8888 2001:4860:4860::8844")]
    [InlineData("nameserver 2001:db8::1\n", false, "8.8.8.8 8.8.4.4")]
    public void Without_a_resolver_only_servers_within_reach_are_named(string host, bool hasIPv6, string expected)
        => Assert.Equal(
            expected, string.Join(' ', ResolvConf.Parse(ContainerResolvConf.WithoutResolver(Host(ResolvConf.Parse(host)), Nothing, hasIPv6).Text).ServerTexts));

    [Theory]
    [InlineData("a\nnameserver 203.0.113.66")]
    [InlineData("a b")]
    [InlineData("a#b")]
    [InlineData("")]
    [InlineData("a\tb")]
    [InlineData("a\0b")]
    public void Nobody_writes_lines_by_way_of_a_word(string word)
    {
        HostResolvConf host = Host(ResolvConf.Empty);

        NetworkException search = Assert.Throws<NetworkException>(() => ContainerResolvConf.ForResolver(host, new ResolvConfOverrides { SearchDomains = [word] }));
        NetworkException option = Assert.Throws<NetworkException>(() => ContainerResolvConf.WithoutResolver(host, new ResolvConfOverrides { Options = [word] }, hasIPv6: false));

        Assert.Equal((NetworkErrorKind.InvalidArgument, "SearchDomains"), (search.Kind, search.Field));
        Assert.Equal((NetworkErrorKind.InvalidArgument, "Options"), (option.Kind, option.Field));
    }

    [Fact, Trait("Feature", "DN-12")]
    public void Behind_systemds_resolver_its_own_servers_are_found()
    {
        string folder = Directory.CreateTempSubdirectory("libnetwork-unit").FullName;
        string path = Path.Combine(folder, "resolv.conf"), real = Path.Combine(folder, "real");
        try
        {
            File.WriteAllText(path, "nameserver 127.0.0.53\n");
            Assert.Equal(path, HostResolvConf.Locate(path, real).Path);   // without that list there is only the stub

            File.WriteAllText(real, "nameserver 192.0.2.1\n");
            Assert.Equal(["192.0.2.1"], HostResolvConf.Locate(path, real).Content.ServerTexts);

            File.WriteAllText(path, "nameserver 127.0.0.53\nnameserver 192.0.2.2\n");
            Assert.Equal(path, HostResolvConf.Locate(path, real).Path);
            Assert.Empty(HostResolvConf.Locate(Path.Combine(folder, "none"), real).Content.ServerTexts);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Of_several_options_the_last_counts()
        => Assert.Equal("1", ResolvConf.Parse("options ndots:0 edns0 ndots:1\n").Option("ndots"));

    private static HostResolvConf Host(ResolvConf content) => new("/etc/resolv.conf", content);
}
