using System.Diagnostics;
using LibNetwork.Linux;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>Says what each verb asks of the kernel, in order, and how long it is from one request to the next.</summary>
internal sealed class WhereTimeGoes : IKernelObserver
{
    private readonly List<(string What, long When)> _requests = [];
    private readonly Dictionary<string, List<double>> _times = [];
    private readonly List<string> _order = [];

    public void OnRequest(in KernelRequest request) => _requests.Add((request.Operation, Stopwatch.GetTimestamp()));

    public static async Task RunAsync(int rounds)
    {
        WhereTimeGoes trace = new();
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        await using ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options =>
                (options.HostNamespacePath, options.RunDirectory, options.KernelObserver) = (host.NamespacePath, host.RunDirectory, trace))
            .AddBridgeDriver().Services.BuildServiceProvider();
        INetworkController controller = services.GetRequiredService<INetworkController>();
        INetwork network = await controller.CreateNetworkAsync(new NetworkSpec { Name = "web", EnableIPv6 = true });
        await network.AttachAsync(
            await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "resident" }), new EndpointSpec { Name = "resident" });
        for (int round = -300; round < rounds; round++)
        {
            INetwork other = null!;
            ISandbox sandbox = null!;
            IEndpoint endpoint = null!;
            await trace.TimeAsync("create network", round, async () => other = await controller.CreateNetworkAsync(new NetworkSpec { Name = "other", EnableIPv6 = true }));
            await trace.TimeAsync("create sandbox", round, async () => sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "one" }));
            await trace.TimeAsync("attach", round, async () => endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = "one" }));
            await trace.TimeAsync("detach", round, () => endpoint.DeleteAsync(force: true));
            foreach (string port in (string[])["8080:80", "53:53/udp"])
            {
                EndpointSpec spec = new() { Name = "one", PortBindings = [PortBinding.Parse(port)] };
                await sandbox.DeleteAsync();
                sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "one" });
                await trace.TimeAsync($"attach, {port}", round, async () => endpoint = await network.AttachAsync(sandbox, spec));
                await trace.TimeAsync($"detach, {port}", round, () => endpoint.DeleteAsync(force: true));
            }

            await trace.TimeAsync("delete sandbox", round, () => sandbox.DeleteAsync());
            await trace.TimeAsync("delete network", round, () => other.DeleteAsync());
            await controller.DrainAsync();
            Quiet.For(Quiet.AfterTeardown);
        }

        foreach (string line in trace._order)
        {
            List<double> times = trace._times[line];
            times.Sort();
            Console.WriteLine($"{line,-60}{times[times.Count / 2],10:F0} us");
        }
    }

    private async Task TimeAsync(string verb, int round, Func<Task> work)
    {
        _requests.Clear();
        long start = Stopwatch.GetTimestamp();
        await work();
        long end = Stopwatch.GetTimestamp();
        if (round < 0)
        {
            return;
        }

        long previous = start;
        string what = "before the first request";
        for (int i = 0; i <= _requests.Count; i++)
        {
            (string next, long when) = i < _requests.Count ? _requests[i] : ("", end);
            Add($"{verb}: {i} {what}", Stopwatch.GetElapsedTime(previous, when).TotalMicroseconds);
            (what, previous) = (next, when);
        }

        Add($"{verb}: in all", Stopwatch.GetElapsedTime(start, end).TotalMicroseconds);
    }

    private void Add(string line, double time)
    {
        if (!_times.TryGetValue(line, out List<double>? times))
        {
            _times[line] = times = [];
            _order.Add(line);
        }

        times.Add(time);
    }
}
