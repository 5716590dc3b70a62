using LibNetwork;
using LibNetwork.Linux.Substitution;
using LibNetwork.Testing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts a fake kernel below a controller.</summary>
public static class FakeKernelBuilderExtensions
{
    /// <summary>Lets the controller and its drivers work on a <see cref="FakeKernel"/> instead of Linux. A second call changes nothing.</summary>
    /// <param name="builder">The controller's services.</param>
    /// <param name="kernel">The kernel; <see langword="null"/> for a fresh one, which is then to be had from the services.</param>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static ILibNetworkBuilder AddFakeKernel(this ILibNetworkBuilder builder, FakeKernel? kernel = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton(kernel ?? new FakeKernel());
        builder.Services.TryAddSingleton<IKernelSubstitute>(static provider => provider.GetRequiredService<FakeKernel>());
        return builder;
    }
}
