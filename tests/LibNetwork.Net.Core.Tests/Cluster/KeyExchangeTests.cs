using System.Net;
using System.Text;
using LibNetwork.Cluster;
using LibNetwork.Stores;
using LibNetwork.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>Public keys of encrypted networks: who knows whose, and since when.</summary>
[Trait("Feature", "OV-06")]
public sealed class KeyExchangeTests : IAsyncLifetime
{
    private const string OneAddress = "192.0.2.1", OtherAddress = "192.0.2.2";

    private readonly FakeTimeProvider _clock = new();
    private readonly SharedStore _store;
    private readonly FakeOverlayKeys _oneKeys = new(), _otherKeys = new();
    private readonly ClusterHost _one, _other;
    private KeyExchange _oneExchange, _otherExchange;

    public KeyExchangeTests()
    {
        _store = new SharedStore(_clock);
        (_one, _other) = (Host("one", OneAddress), Host("other", OtherAddress));
        (_oneExchange, _otherExchange) = (Exchange(_one, _oneKeys), Exchange(_other, _otherKeys));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _oneKeys.Change("a");
        _otherKeys.Change("b");
        await _clock.UntilAsync(() => _oneKeys.Of(OtherAddress) == "b" && _otherKeys.Of(OneAddress) == "a");
    }

    public async ValueTask DisposeAsync()
    {
        await _oneExchange.DisposeAsync();
        await _otherExchange.DisposeAsync();
        await _one.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task A_rotation_is_told_and_nobody_is_told_of_itself()
    {
        _oneKeys.Change("a", "a2");
        await _clock.UntilAsync(() => _otherKeys.Of(OneAddress) == "a,a2");
        _oneKeys.Change("a2");
        await _clock.UntilAsync(() => _otherKeys.Of(OneAddress) == "a2");

        Assert.Equal([IPAddress.Parse(OtherAddress)], _oneKeys.Told.Keys);
    }

    [Fact]
    public async Task A_node_without_encrypted_networks_any_more_is_forgotten()
    {
        _oneKeys.Change();

        await _clock.UntilAsync(() => _otherKeys.Told.IsEmpty);
    }

    [Fact]
    public async Task A_node_without_encrypted_networks_is_told_nothing_and_tells_nothing()
    {
        FakeOverlayKeys keys = new();
        await using ClusterHost apart = Host("apart", "192.0.2.3");
        await using KeyExchange exchange = Exchange(apart, keys);
        _oneKeys.Change("a3");
        await _clock.UntilAsync(() => _otherKeys.Of(OneAddress) == "a3");

        Assert.Empty(keys.Told);
        Assert.Equal(ClusterConnection.Outside, apart.Node.Connection);
    }

    [Fact]
    public async Task A_node_that_is_cut_off_keeps_its_keys_with_others_and_is_forgotten_with_its_holding()
    {
        _one.Connection.Cut();
        _clock.Advance(ClusterHost.Holding / 2);
        _otherKeys.Change("b2");
        await _clock.UntilAsync(() => _one.Node.Connection == ClusterConnection.CutOff);
        Assert.Equal("a", _otherKeys.Of(OneAddress));

        _clock.Advance(ClusterHost.Holding);
        await _clock.UntilAsync(() => _otherKeys.Told.IsEmpty);
        Assert.Equal("b", _oneKeys.Of(OtherAddress));   // the last that it has heard

        _one.Connection.Heal();
        await _clock.UntilAsync(() => _otherKeys.Of(OneAddress) == "a" && _oneKeys.Of(OtherAddress) == "b2");
    }

    [Fact]
    public async Task The_next_process_of_a_node_tells_its_new_key()
    {
        await _oneExchange.DisposeAsync();
        await _one.RestartAsync();
        FakeOverlayKeys keys = new();
        _oneExchange = Exchange(_one, keys);
        keys.Change("a9");

        await _clock.UntilAsync(() => _otherKeys.Of(OneAddress) == "a9" && keys.Of(OtherAddress) == "b");
    }

    [Theory]
    [InlineData("""{"Address":"192.0.2.9","Keys":[{"PublicKey":"bad","Port":1}]}""")]
    [InlineData("""{"Address":"nowhere","Keys":[{"PublicKey":"c","Port":1}]}""")]
    [InlineData("""{"Address":"192.0.2.9"}""")]
    [InlineData("""{"Address":"192.0.2.9","Keys":[{"PublicKey":"c"}]}""")]
    [InlineData("""{"Address":"192.0.2.9","Keys":"c"}""")]
    [InlineData("{")]
    public async Task A_record_that_says_nonsense_is_left_out_and_holds_up_no_other(string record)
    {
        await using SharedStoreConnection liar = _store.Connect();
        await liar.TryCommitAsync(new StoreTransaction { Puts = [(ClusterKeys.NodeKeysOf("000"), Encoding.UTF8.GetBytes(record))] }, Cancel);
        _oneKeys.Change("a5");

        await _clock.UntilAsync(() => _otherKeys.Of(OneAddress) == "a5");
        Assert.Equal([IPAddress.Parse(OneAddress)], _otherKeys.Told.Keys);
    }

    private ClusterHost Host(string name, string address) => new(_store, _clock, name, new ClusterOptions { AdvertiseAddress = IPAddress.Parse(address) });

    private KeyExchange Exchange(ClusterHost host, FakeOverlayKeys keys) => new(keys, host.Node, host.Connection, NullLogger.Instance, _clock);
}
