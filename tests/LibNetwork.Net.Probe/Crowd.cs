using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Probe;

/// <summary>
/// Publishes ports, in rows, until it has many or is refused. Prints what it was told, whether there is room again once a row is free, and
/// removes everything. Exit code 0: it has all of them; 1: it was refused.
/// </summary>
internal static class Crowd
{
    private const int Rows = 10, RowLength = 64;
    private const int FewMore = (3 * RowLength) + (RowLength / 2);   // so the fourth row finds no room in its middle

    public static async Task<int> RunAsync(string hostNamespace, string runDirectory, bool hasFewDescriptors)
    {
        await using ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (hostNamespace, runDirectory))
            .AddBridgeDriver().Services.BuildServiceProvider();
        INetworkController controller = services.GetRequiredService<INetworkController>();
        INetwork web = await controller.CreateNetworkAsync(new NetworkSpec { Name = "web" });
        for (int row = 0; row < Rows; row++)
        {
            await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = $"{row}" });
        }

        if (hasFewDescriptors)
        {
            await LimitAsync(Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() + FewMore);
        }

        NetworkException? refused = null;
        int rows = 0;
        for (; rows < Rows && refused is null; rows++)
        {
            refused = await TryPublishAsync(controller, web, rows);
        }

        if (refused is not null)
        {
            rows--;
            Console.WriteLine($"refused as {refused.Kind}: {refused.Message}");
            await web.GetEndpoint("0").DeleteAsync(force: true);
            Console.WriteLine($"with a row free: {(await TryPublishAsync(controller, web, row: 0))?.Message ?? "published"}");
        }

        Console.WriteLine($"rows: {rows}");
        for (int row = 0; row < Rows; row++)
        {
            await controller.DeleteSandboxAsync($"{row}");
        }

        await web.DeleteAsync();
        await controller.DrainAsync();
        return refused is null ? 0 : 1;
    }

    private static async Task<NetworkException?> TryPublishAsync(INetworkController controller, INetwork network, int row)
    {
        int first = 10_000 + (row * RowLength);
        string ports = $"{first}-{first + RowLength - 1}";
        try
        {
            await network.AttachAsync(controller.GetSandbox($"{row}"), new EndpointSpec { Name = $"{row}", PortBindings = [PortBinding.Parse($"0.0.0.0:{ports}:{ports}")] });
            return null;
        }
        catch (NetworkException refused)
        {
            return refused;
        }
    }

    private static async Task LimitAsync(int descriptors)
    {
        using Process limit = Process.Start(
            "prlimit", ["--pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"--nofile={descriptors}:")]);
        await limit.WaitForExitAsync();
    }
}
