using System.Net;
using LibNetwork.ContainerFiles;

namespace LibNetwork.Core.Tests.ContainerFiles;

public sealed class GeneratedFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("libnetwork-unit").FullName;

    private string FilePath => Path.Combine(_folder, "file");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact, Trait("Feature", "DN-11")]
    public void What_the_user_changed_is_never_written_again()
    {
        GeneratedFile file = new(FilePath);

        Assert.True(file.Write("one\n"));
        Assert.True(file.Write("two\n"));
        Assert.Equal("two\n", File.ReadAllText(FilePath));
        Assert.False(file.IsUsersOwn());

        File.AppendAllText(FilePath, "mine\n");

        Assert.True(file.IsUsersOwn());
        Assert.False(file.Write("three\n"));
        Assert.False(new GeneratedFile(FilePath).Write("three\n"));
        Assert.Equal("two\nmine\n", File.ReadAllText(FilePath));
    }

    [Fact, Trait("Feature", "DN-11")]
    public void A_file_without_a_digest_is_nobodys_and_the_inode_stays()
    {
        File.WriteAllText(FilePath, "longer than what comes\n");
        using FileStream mounted = new(FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);   // as the container has it

        Assert.True(new GeneratedFile(FilePath).Write("one\n"));

        using StreamReader reader = new(mounted);
        Assert.Equal("one\n", reader.ReadToEnd());
    }

    [Fact, Trait("Feature", "DN-14")]
    public void The_hosts_file_begins_with_the_standard_lines_and_takes_lines_up_and_back()
    {
        HostsFile hosts = new(FilePath);

        hosts.Begin(hasIPv6: true, [("gate", IPAddress.Parse("10.9.8.7"))]);
        hosts.Add(IPAddress.Parse("172.18.0.2"), "web.example web");
        hosts.Add(IPAddress.Parse("fd00::2"), "web.example web");
        string[] lines = File.ReadAllLines(FilePath);
        Assert.Equal("127.0.0.1\tlocalhost", lines[0]);
        Assert.Contains("::1\tlocalhost ip6-localhost ip6-loopback", lines);
        Assert.Equal(["10.9.8.7\tgate", "172.18.0.2\tweb.example web", "fd00::2\tweb.example web"], lines[^3..]);

        File.AppendAllText(FilePath, "# mine\n\n172.18.0.2 web");   // without a newline
        hosts.Remove(IPAddress.Parse("172.18.0.2"), "web.example web");
        hosts.Remove(IPAddress.Parse("172.18.0.9"), "web.example web");
        Assert.Equal(["10.9.8.7\tgate", "fd00::2\tweb.example web", "# mine", "", "172.18.0.2 web"], File.ReadAllLines(FilePath)[^5..]);

        hosts.Begin(hasIPv6: false, []);
        Assert.Equal("127.0.0.1\tlocalhost\n", File.ReadAllText(FilePath));
    }

    [Fact, Trait("Feature", "DN-14")]
    public void A_new_address_goes_to_the_exact_name()
    {
        HostsFile hosts = new(FilePath);
        File.WriteAllText(FilePath, "10.0.0.1\tweb\n10.0.0.1 web.example\n10.0.0.1\tweb2\n# 10.0.0.1 web\n");

        hosts.Update("web", IPAddress.Parse("10.0.0.9"));

        Assert.Equal("10.0.0.9\tweb\n10.0.0.9\tweb.example\n10.0.0.1\tweb2\n# 10.0.0.1 web\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public async Task Changes_at_the_same_time_are_all_made()
    {
        HostsFile[] same = [new(FilePath), new(FilePath)];
        await Task.WhenAll(Enumerable.Range(1, 40).Select(number => Task.Run(
            () => same[number % 2].Add(IPAddress.Parse($"10.0.0.{number}"), $"n{number}"), TestContext.Current.CancellationToken)));
        Assert.Equal(40, File.ReadAllLines(FilePath).Length);

        await Task.WhenAll(Enumerable.Range(1, 40).Select(number => Task.Run(
            () => same[number % 2].Remove(IPAddress.Parse($"10.0.0.{number}"), $"n{number}"), TestContext.Current.CancellationToken)));
        Assert.Empty(File.ReadAllLines(FilePath));
    }

    [Theory]
    [InlineData("a\n10.6.6.6 bank.example")]
    [InlineData("a\tb")]
    [InlineData("#a")]
    [InlineData("")]
    public void Nobody_writes_lines_by_way_of_a_name(string name)
    {
        HostsFile hosts = new(FilePath);

        Assert.Throws<NetworkException>(() => hosts.Add(IPAddress.Loopback, name));
        Assert.Throws<NetworkException>(() => hosts.Begin(hasIPv6: true, [(name, IPAddress.Loopback)]));
        Assert.False(File.Exists(FilePath));
    }
}
