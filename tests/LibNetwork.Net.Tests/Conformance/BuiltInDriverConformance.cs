using LibNetwork.Drivers;
using LibNetwork.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Tests.Conformance;

/// <summary>A driver as a controller's services make it.</summary>
public abstract class BuiltInDriverConformance(string name) : NetworkDriverConformance
{
    private readonly List<ServiceProvider> _services = [];

    protected override INetworkDriver CreateDriver(DriverHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        ServiceCollection services = new();
        services.AddSingleton(host.Kernel);   // an object that is given is not disposed with the services
        services.AddLibNetwork().AddBridgeDriver().AddHostDriver().AddNullDriver().AddMacvlanDriver().AddIpvlanDriver();
        ServiceProvider provider = services.BuildServiceProvider();
        _services.Add(provider);
        return provider.GetServices<INetworkDriver>().Single(driver => driver.Name == name);
    }

    protected override async ValueTask CleanUpAsync()
    {
        foreach (ServiceProvider provider in _services)
        {
            await provider.DisposeAsync();
        }

        _services.Clear();
    }
}
