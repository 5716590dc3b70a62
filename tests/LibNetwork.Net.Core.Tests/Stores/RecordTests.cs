using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using LibNetwork.Stores;

namespace LibNetwork.Core.Tests.Stores;

/// <summary>Records in the store are what a serializer would write, as earlier versions did, so that each version reads the others'.</summary>
public sealed class RecordTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 4, 5, 6, 7, 890, TimeSpan.FromHours(2));
    private static readonly Dictionary<string, string> Texts = new() { ["a.b"] = "c", ["ü\""] = string.Empty };

    private static readonly JsonSerializerOptions Serializer = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new JsonStringEnumConverter() },
    };

    private static readonly NetworkRecord Network = new(
        RecordPhase.Creating, "id", "name", "bridge", Time, EnableIPv4: true, EnableIPv6: false, Internal: true, "default", Texts, Texts, Texts,
        [new PoolRecord("p", "10.0.0.0/8", "10.1.0.0/16", ["10.2.0.0-10.2.0.9"], "10.0.0.1", Texts), new PoolRecord("q", "fd00::/64", null, null, null, Texts)],
        ConfigOnly: true, "template", [new PoolSpecRecord("10.0.0.0/8", AddressFamily.InterNetworkV6, "10.1.0.0/16", ["x"], "10.0.0.1", Texts), new PoolSpecRecord(null, AddressFamily.InterNetwork, null, null, null, null)]);

    private static readonly EndpointRecord Endpoint = new(
        RecordPhase.Ready, "id", "network", "name", Time, "02:00:00:00:00:01", "10.0.0.2/8", "fd00::2/64", "p", "q", ["169.254.0.1"], ["n", "m"], ["80/tcp"], Texts, "eth",
        new JoinRecord(
            "sandbox", "eth0", -3, "veth1", CreatedInSandbox: true, IsCutByDriver: false, OwnsSegment: true, "10.0.0.1", "fd00::1", ForceGatewayIPv4: true, ForceGatewayIPv6: false,
            DisableGatewayService: true, [new RouteRecord("10.3.0.0/16", "10.0.0.9"), new RouteRecord("10.4.0.0/16", null)], RecordPhase.Deleting),
        ["a"], ["b"], new DiscoveryRecord(true, Texts, Texts), ["*"]);

    private static readonly SandboxRecord Sandbox = new(
        RecordPhase.Deleting, "id", "container", "/run/x", true, Texts, new DnsRecord(true, [new DnsServerRecord("1.1.1.1:53", true)], ["example.org"], true), true,
        [new RejoinRecord("network", "endpoint", 7, "eth0"), new RejoinRecord("network", "endpoint", 0, null)]);

    [Fact]
    public void Networks_are_written_and_read_as_by_a_serializer()
    {
        AssertSame(Network, RecordWriter.Write, RecordReader.ReadNetwork);
        AssertSame(Network with { ConfigFrom = null, ConfiguredPools = null, Pools = [] }, RecordWriter.Write, RecordReader.ReadNetwork);
    }

    [Fact]
    public void Endpoints_are_written_and_read_as_by_a_serializer()
    {
        AssertSame(Endpoint, RecordWriter.Write, RecordReader.ReadEndpoint);
        AssertSame(
            new EndpointRecord(RecordPhase.Creating, "id", "network", "name", Time, null, null, null, null, null, [], [], [], new Dictionary<string, string>(), string.Empty, null),
            RecordWriter.Write, RecordReader.ReadEndpoint);
    }

    [Fact]
    public void Sandboxes_are_written_and_read_as_by_a_serializer()
    {
        AssertSame(Sandbox, RecordWriter.Write, RecordReader.ReadSandbox);
        AssertSame(new SandboxRecord(RecordPhase.Ready, "id", "container", "/run/x", false, new Dictionary<string, string>()), RecordWriter.Write, RecordReader.ReadSandbox);
    }

    [Fact]
    public void Fields_that_earlier_versions_did_not_know_have_their_defaults()
    {
        SandboxRecord sandbox = RecordReader.ReadSandbox("""{"Phase":"Ready","Id":"i","ContainerId":"c","NamespacePath":"/n","UsesHostNamespace":false,"Options":{},"Later":1}"""u8);

        Assert.Equal((null, false, null), (sandbox.Dns, sandbox.UsesGivenNamespace, sandbox.Rejoins));
    }

    [Theory]
    [InlineData("""{"Phase":"Ready"}""")]
    [InlineData("""{"Phase":"Never","Id":"i","ContainerId":"c","NamespacePath":"/n","Options":{}}""")]
    [InlineData("""{"Phase":"Ready","Id":7,"ContainerId":"c","NamespacePath":"/n","Options":{}}""")]
    [InlineData("""{"Phase":"Ready","Id":"i","ContainerId":"c","NamespacePath":"/n","Options":[]}""")]
    [InlineData("""{"Phase":"Ready","Id":"i","ContainerId":"c","NamespacePath":"/n","Options":{},"UsesHostNamespace":1}""")]
    [InlineData("[]")]
    [InlineData("""{"Phase":""")]
    [InlineData("")]
    public void What_is_no_record_is_an_error_that_names_the_entry(string text)
    {
        NetworkException refused = Assert.Throws<NetworkException>(() => StoreRecords.ReadSandbox(new StoreEntry("libnetwork/v1/sandbox/x", Encoding.UTF8.GetBytes(text), 1)));

        Assert.Equal(NetworkErrorKind.Internal, refused.Kind);
        Assert.Contains("libnetwork/v1/sandbox/x", refused.Message, StringComparison.Ordinal);
    }

    private static void AssertSame<TRecord>(TRecord record, Func<TRecord, byte[]> write, Reading<TRecord> read)
    {
        byte[] text = write(record);

        Assert.Equal(JsonSerializer.Serialize(record, Serializer), Encoding.UTF8.GetString(text));
        Assert.Equal(text, write(read(text)));
    }

    private delegate TRecord Reading<TRecord>(ReadOnlySpan<byte> text);
}
