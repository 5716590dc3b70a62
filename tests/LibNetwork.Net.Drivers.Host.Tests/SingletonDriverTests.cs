using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Drivers.Host.Tests;

public sealed class SingletonDriverTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("host")]
    [InlineData("null")]
    [Trait("Feature", "HN-01")]
    public async Task A_second_network_is_forbidden_and_names_the_first(string name)
    {
        INetworkDriver driver = Create(name);
        await driver.CreateNetworkAsync(Network("first"), Cancel);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(async () => await driver.CreateNetworkAsync(Network("second"), Cancel));
        Assert.Equal(NetworkErrorKind.Forbidden, refused.Kind);
        Assert.Equal("first", refused.Holder);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("null")]
    public async Task Creating_the_same_network_again_succeeds(string name)
    {
        INetworkDriver driver = Create(name);
        DriverNetworkRequest network = Network("only");

        await driver.CreateNetworkAsync(network, Cancel);
        await driver.CreateNetworkAsync(network, Cancel);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("null")]
    [Trait("Feature", "HN-01")]
    public async Task The_network_cannot_be_deleted(string name)
    {
        INetworkDriver driver = Create(name);
        DriverNetworkRequest network = Network("only");
        await driver.CreateNetworkAsync(network, Cancel);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(async () => await driver.DeleteNetworkAsync(network.Id, Cancel));
        Assert.Equal(NetworkErrorKind.Forbidden, refused.Kind);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("null")]
    public async Task Endpoints_have_no_interface_and_want_no_gateway(string name)
    {
        INetworkDriver driver = Create(name);
        DriverNetworkRequest network = Network("only");
        EndpointId endpoint = EndpointId.New();
        await driver.CreateNetworkAsync(network, Cancel);
        await driver.CreateEndpointAsync(new DriverEndpointRequest { NetworkId = network.Id, Id = endpoint, Name = "web" }, Cancel);

        DriverJoin join = await driver.JoinAsync(
            new DriverJoinRequest
            {
                NetworkId = network.Id,
                EndpointId = endpoint,
                SandboxId = SandboxId.New(),
                NamespacePath = "/none",
                NamespaceDescriptor = -1,
                InterfaceName = new InterfaceName("eth0"),
            },
            Cancel);
        await driver.LeaveAsync(network.Id, endpoint, Cancel);
        await driver.DeleteEndpointAsync(network.Id, endpoint, Cancel);

        Assert.Null(join.SourceName);
        Assert.True(join.DisableGatewayService);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("null")]
    public void Capabilities_say_that_there_is_one_network_without_pools(string name)
    {
        DriverCapabilities capabilities = Create(name).Capabilities;

        Assert.Equal((false, true, false), (capabilities.UsesIpam, capabilities.IsSingleton, capabilities.OffersGateway));
    }

    private static INetworkDriver Create(string name)
    {
        Builder builder = new();
        builder.AddHostDriver().AddNullDriver().AddHostDriver();
        Assert.Equal(2, builder.Services.Count);
        return builder.Services.BuildServiceProvider().GetServices<INetworkDriver>().Single(driver => driver.Name == name);
    }

    private static DriverNetworkRequest Network(string name) => new() { Id = NetworkId.New(), Name = name };

    private sealed class Builder : ILibNetworkBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection();
    }
}
