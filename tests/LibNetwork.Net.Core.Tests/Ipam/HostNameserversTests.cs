using LibNetwork.Ipam.Host;

namespace LibNetwork.Core.Tests.Ipam;

[Trait("Feature", "IP-04")]
public sealed class HostNameserversTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly ManualClock _clock = new();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void The_file_is_looked_at_again_after_a_second_and_not_before()
    {
        File.WriteAllText(_path, "nameserver 192.0.2.1\n");
        HostNameservers servers = new(_path, _clock);
        Assert.Equal(["192.0.2.1/32"], Read(servers));

        File.WriteAllText(_path, "nameserver 2001:db8::53\nnameserver 192.0.2.2\n");
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(["192.0.2.1/32"], Read(servers));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["2001:db8::53/128", "192.0.2.2/32"], Read(servers));
    }

    [Fact]
    public void A_file_that_is_not_there_names_none()
    {
        File.Delete(_path);

        Assert.Empty(new HostNameservers(_path, _clock).Read());
    }

    private static IEnumerable<string> Read(HostNameservers servers) => servers.Read().Select(server => server.ToString());
}
