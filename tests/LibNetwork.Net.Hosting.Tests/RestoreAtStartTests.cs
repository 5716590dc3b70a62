using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace LibNetwork.Hosting.Tests;

public sealed class RestoreAtStartTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_starts_with_the_host_finds_everything_taken_up()
    {
        FakeController controller = new(static () => new RestoreReport());
        HostApplicationBuilder builder = Builder(controller);
        int seen = -1;
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(new Starting(() => seen = controller.Restored)));   // registered before
        using IHost host = builder.Build();

        await host.StartAsync(Cancel);

        Assert.Equal(1, seen);
        Assert.Equal(1, controller.Restored);
        await host.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_host_whose_state_cannot_be_read_does_not_start()
    {
        FakeController controller = new(static () => throw new NetworkException(NetworkErrorKind.Unavailable, "store", "cannot be read"));
        using IHost host = Builder(controller).Build();

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => host.StartAsync(Cancel));

        Assert.Equal(NetworkErrorKind.Unavailable, refused.Kind);
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));
    }

    [Fact]
    public async Task What_lives_and_is_on_no_record_degrades_the_host()
    {
        using IHost host = Builder(new FakeController(static () => new RestoreReport { NotRebuilt = ["interface \"br-x\""], LostState = "/aside" })).Build();
        await host.StartAsync(Cancel);

        HealthReportEntry entry = (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel)).Entries[LibNetworkHostingExtensions.HealthCheckName];

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("br-x", entry.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, HealthStatus.Healthy)]
    [InlineData(true, HealthStatus.Degraded)]
    public async Task The_health_check_says_how_it_went(bool fails, HealthStatus expected)
    {
        NetworkException[] failures = fails ? [new NetworkException(NetworkErrorKind.Internal, "network \"web\"", "is lost")] : [];
        using IHost host = Builder(new FakeController(() => new RestoreReport { Failures = failures })).Build();

        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));
        await host.StartAsync(Cancel);

        Assert.Equal(expected, await HealthAsync(host));
    }

    private static HostApplicationBuilder Builder(FakeController controller)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddSingleton<INetworkController>(controller);
        ILibNetworkBuilder network = new NetworkBuilder(builder.Services);
        network.AddRestoreAtStart().AddRestoreAtStart();
        builder.Services.AddHealthChecks().AddLibNetwork();
        return builder;
    }

    private static async Task<HealthStatus> HealthAsync(IHost host)
        => (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel)).Entries[LibNetworkHostingExtensions.HealthCheckName].Status;

    private sealed class NetworkBuilder(IServiceCollection services) : ILibNetworkBuilder
    {
        public IServiceCollection Services { get; } = services;
    }

    private sealed class Starting(Action start) : BackgroundService
    {
        public override Task StartAsync(CancellationToken cancellationToken)
        {
            start();
            return base.StartAsync(cancellationToken);
        }

        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }
}
