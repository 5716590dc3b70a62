using System.Globalization;
using LibNetwork.Drivers;
using LibNetwork.Linux;
using Xunit;

namespace LibNetwork.Testing;

/// <summary>What every network driver must do. Derive a class for each kind of host, say how the driver is made, and what its networks look like.</summary>
/// <remarks>
/// Each test gets a host of its own, and plays the controller: it calls the driver as the controller would, and then compares all that is on the host.
/// Abilities beyond the contract are tested where the driver has them: <see cref="IRestorableDriver"/>, <see cref="ILeftoverDriver"/>.
/// </remarks>
public abstract partial class NetworkDriverConformance : IAsyncLifetime
{
    private const int IdLength = 64;

    private DriverHost? _host;
    private INetworkDriver? _driver;

    /// <summary>The host of this test.</summary>
    protected DriverHost Host => _host ?? throw new InvalidOperationException("the test has not begun");

    /// <summary>The driver of this test.</summary>
    protected INetworkDriver Driver => _driver ?? throw new InvalidOperationException("the test has not begun");

    /// <summary>How many endpoints a network of the driver takes.</summary>
    /// <value>At least 1; the default is 5, as many as the tests make.</value>
    protected virtual int MaxEndpoints => 5;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private bool IsSingleton => Driver.Capabilities.IsSingleton;

    /// <summary>Opens a host: <see cref="DriverHost.OnFakeKernelAsync"/> or <see cref="DriverHost.OnLinuxAsync"/>, with whatever the driver needs beforehand. May skip the test.</summary>
    protected abstract Task<DriverHost> OpenHostAsync();

    /// <summary>Makes the driver anew for a host, as a process does that begins. Called again after a restart.</summary>
    protected abstract INetworkDriver CreateDriver(DriverHost host);

    /// <summary>Describes a network that the driver can make; with <see cref="MaxEndpoints"/> endpoints its pools are used up at most.</summary>
    /// <param name="number">Which network of the test it is, from 1; networks of different numbers can be there at once.</param>
    /// <value>The default has an IPv4 and an IPv6 pool with gateways and no options; without IPAM it has no pools.</value>
    protected virtual DriverNetworkRequest NewNetwork(int number) => new()
    {
        Id = new NetworkId(number.ToString("x8", CultureInfo.InvariantCulture).PadRight(IdLength, '0')),
        Name = $"net{number}",
        EnableIPv6 = true,
        Pools = !Driver.Capabilities.UsesIpam ? [] :
        [
            new NetworkPool { PoolId = $"four{number}", Subnet = Subnet.Parse($"10.70.{number}.0/24"), Gateway = System.Net.IPAddress.Parse($"10.70.{number}.1") },
            new NetworkPool { PoolId = $"six{number}", Subnet = Subnet.Parse($"fd70:0:0:{number}::/64"), Gateway = System.Net.IPAddress.Parse($"fd70:0:0:{number}::1") },
        ],
    };

    /// <summary>Describes an endpoint on a network of <see cref="NewNetwork"/>, with addresses of its pools.</summary>
    /// <param name="network">The network's number.</param>
    /// <param name="number">Which endpoint of the network it is, from 1.</param>
    protected virtual DriverEndpointRequest NewEndpoint(int network, int number) => new()
    {
        NetworkId = NewNetwork(network).Id,
        Id = new EndpointId($"{network:x3}{number:x4}".PadRight(IdLength, '0')),
        Name = $"endpoint{number}",
        IPv4 = !Driver.Capabilities.UsesIpam ? null : InterfaceAddress.Parse($"10.70.{network}.{number + 1}/24"),
        IPv6 = !Driver.Capabilities.UsesIpam ? null : InterfaceAddress.Parse($"fd70:0:0:{network}::{number + 1:x}/64"),
    };

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _host = await OpenHostAsync();
        _driver = CreateDriver(_host);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await CleanUpAsync();
            await _host.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes what <see cref="CreateDriver"/> made, before the host goes. The host's kernel belongs to the host.</summary>
    protected virtual ValueTask CleanUpAsync() => ValueTask.CompletedTask;

    private static DriverJoinRequest JoinOf(DriverEndpointRequest endpoint, DriverSandbox sandbox, string name = "eth0") => new()
    {
        NetworkId = endpoint.NetworkId,
        EndpointId = endpoint.Id,
        SandboxId = sandbox.Id,
        NamespacePath = sandbox.NamespacePath,
        NamespaceDescriptor = sandbox.Namespace.Descriptor,
        InterfaceName = new InterfaceName(name),
    };

    private static void AssertSame(IReadOnlyList<string> before, IReadOnlyList<string> after, string cause)
    {
        IEnumerable<string> lost = before.Except(after).Select(static line => $"- {line}"), found = after.Except(before).Select(static line => $"+ {line}");
        Assert.True(before.SequenceEqual(after), $"after {cause}:\n{string.Join('\n', lost.Concat(found))}");
    }

    /// <summary>Creates a network and an endpoint on it, filled in as the controller does.</summary>
    private async Task<DriverEndpointRequest> CreateAsync(int network = 1, int number = 1)
    {
        await Driver.CreateNetworkAsync(NewNetwork(network), Cancel);
        return await CreateEndpointAsync(network, number);
    }

    private async Task<DriverEndpointRequest> CreateEndpointAsync(int network = 1, int number = 1)
    {
        DriverEndpointRequest endpoint = NewEndpoint(network, number);
        DriverEndpoint settled = await Driver.CreateEndpointAsync(endpoint, Cancel);
        return endpoint with { MacAddress = endpoint.MacAddress ?? settled.MacAddress, IPv4 = endpoint.IPv4 ?? settled.IPv4, IPv6 = endpoint.IPv6 ?? settled.IPv6 };
    }

    private async Task DeleteAsync(DriverEndpointRequest endpoint)
    {
        await Driver.LeaveAsync(endpoint.NetworkId, endpoint.Id, Cancel);
        await Driver.DeleteEndpointAsync(endpoint.NetworkId, endpoint.Id, Cancel);
        await DeleteNetworkAsync(endpoint.NetworkId);
    }

    /// <summary>Deletes a network; the only one of a driver stays, and the driver says so.</summary>
    private async Task DeleteNetworkAsync(NetworkId id)
    {
        if (IsSingleton)
        {
            NetworkException refused = await Assert.ThrowsAsync<NetworkException>(async () => await Driver.DeleteNetworkAsync(id, Cancel));
            Assert.Equal(NetworkErrorKind.Forbidden, refused.Kind);
        }
        else
        {
            await Driver.DeleteNetworkAsync(id, Cancel);
        }
    }

    /// <summary>Calls the driver, and expects no other failures than a contract names.</summary>
    private static async Task<Exception?> TryAsync(Func<Task> call)
    {
        Exception? failure = await Record.ExceptionAsync(call);
        Assert.True(failure is null or NetworkException or KernelException or OperationCanceledException or AggregateException, $"no kind of failure that the contract knows: {failure}");
        return failure;
    }
}
