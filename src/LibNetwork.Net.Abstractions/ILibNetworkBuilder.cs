using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork;

/// <summary>Adds drivers and stores to a network controller that is being registered.</summary>
public interface ILibNetworkBuilder
{
    /// <summary>Where the services are registered.</summary>
    IServiceCollection Services { get; }
}
