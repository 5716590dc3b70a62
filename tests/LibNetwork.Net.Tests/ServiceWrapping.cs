using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Tests;

internal static class ServiceWrapping
{
    /// <summary>Puts something around each service of a type that is registered so far.</summary>
    public static void Wrap<TService>(this IServiceCollection services, Func<TService, TService> wrap)
        where TService : class
    {
        foreach (ServiceDescriptor real in services.Where(service => service.ServiceType == typeof(TService)).ToArray())
        {
            services.Remove(real);
            services.AddSingleton(provider => wrap((TService)(real.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, real.ImplementationType!))));   // registered by factory or by type
        }
    }
}
