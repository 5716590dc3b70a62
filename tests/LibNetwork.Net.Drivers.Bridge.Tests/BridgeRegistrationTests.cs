using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LibNetwork.Drivers.Bridge.Tests;

public sealed class BridgeRegistrationTests
{
    [Fact]
    public void A_second_registration_adds_only_its_settings()
    {
        Builder builder = new();

        builder.AddBridgeDriver(static options => options.Mtu = 1400).AddBridgeDriver(static options => options.HostInterfacePrefix = "port");

        Assert.Single(builder.Services, static service => service.ServiceType == typeof(INetworkDriver));
        BridgeDriverOptions options = builder.Services.BuildServiceProvider().GetRequiredService<IOptions<BridgeDriverOptions>>().Value;
        Assert.Equal((1400, "port", true), (options.Mtu, options.HostInterfacePrefix, options.EnableForwarding));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("ninechars", null)]
    [InlineData("a/b", null)]
    [InlineData("veth", 67)]
    [InlineData("veth", 65536)]
    [Trait("Feature", "BR-10")]
    public void Settings_out_of_range_are_refused(string prefix, int? mtu)
    {
        Builder builder = new();
        builder.AddBridgeDriver(options =>
        {
            options.HostInterfacePrefix = prefix;
            options.Mtu = mtu;
        });

        Assert.Throws<OptionsValidationException>(() => builder.Services.BuildServiceProvider().GetRequiredService<IOptions<BridgeDriverOptions>>().Value);
    }

    private sealed class Builder : ILibNetworkBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection();
    }
}
