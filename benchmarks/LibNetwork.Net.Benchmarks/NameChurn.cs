using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>A thousand questions a second while endpoints come and go as fast as they can: each answer is held against the endpoints of that moment.</summary>
internal sealed class NameChurn
{
    private const int PerSecond = 1_000;
    private const int Comers = 8;
    private const string Resident = "resident";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Stay = TimeSpan.FromMilliseconds(1);   // so that questions meet endpoints that are there, and such that are not

    private readonly Comer[] _comers = [.. Enumerable.Range(0, Comers).Select(static number => new Comer($"comer{number}"))];
    private readonly List<double> _latencies = [];
    private int _lost;
    private int _failed;
    private int _wrong;
    private int _firm;   // answers about names that neither came nor went meanwhile

    private NameChurn()
    {
    }

    public static async Task RunAsync(int seconds)
    {
        TestHost host = await TestHost.CreateAsync(forwards: true);
        await File.WriteAllTextAsync(Path.Combine(host.Folder, "resolv.conf"), $"nameserver {TestHost.OutsideIPv4}\n");
        await using FakeDnsServer outside = new(host.Outside.OpenSocket, new IPEndPoint(IPAddress.Any, 53), FakeDnsServer.Code((int)DnsResponseCode.NameError));
        await using (ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory, options.ResolvConfPath)
                = (host.NamespacePath, host.RunDirectory, Path.Combine(host.Folder, "resolv.conf")))
            .AddBridgeDriver().Services.BuildServiceProvider())
        {
            INetworkController controller = services.GetRequiredService<INetworkController>();
            INetwork network = await controller.CreateNetworkAsync(new NetworkSpec { Name = "web" });
            ISandbox client = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "client" });
            IEndpoint resident = await network.AttachAsync(client, new EndpointSpec { Name = "client", DnsNames = [Resident] });
            NameChurn quiet = new(), churn = new();
            await churn.WarmUpAsync(controller, network);
            await quiet.AskAsync(client, resident.State.IPv4!.Value.Address, seconds);   // its network has IPv4
            quiet.Print("nobody comes or goes");
            using CancellationTokenSource end = new();
            Task<int>[] comings = [.. churn._comers.Select(comer => Task.Run(() => comer.ComeAndGoAsync(controller, network, end.Token)))];
            long start = Stopwatch.GetTimestamp();
            await churn.AskAsync(client, resident.State.IPv4!.Value.Address, seconds);
            double time = Stopwatch.GetElapsedTime(start).TotalSeconds;
            await end.CancelAsync();
            int pairs = (await Task.WhenAll(comings)).Sum();
            churn.Print($"{pairs / time:F0} attach+detach a second");
            foreach (ISandbox sandbox in controller.Sandboxes)
            {
                await sandbox.DeleteAsync();
            }

            await controller.DrainAsync();
        }

        host.Dispose();
    }

    private async Task WarmUpAsync(INetworkController controller, INetwork network)
    {
        using CancellationTokenSource end = new(TimeSpan.FromSeconds(2));
        await Task.WhenAll(_comers.Select(comer => Task.Run(() => comer.ComeAndGoAsync(controller, network, end.Token))));
    }

    /// <summary>Asks at an even pace for the name that stays and those that come and go, whether or not earlier questions are answered.</summary>
    private async Task AskAsync(ISandbox client, IPAddress stays, int seconds)
    {
        using Socket socket = client.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(new IPEndPoint(new IPAddress([127, 0, 0, 11]), 53));
        Outstanding[] asked = new Outstanding[seconds * PerSecond];
        Task hearing = HearAsync(socket, asked, stays);
        long start = Stopwatch.GetTimestamp();
        for (int number = 0; number < asked.Length; number++)
        {
            while (Stopwatch.GetElapsedTime(start).TotalSeconds * PerSecond < number)
            {
                await Task.Delay(1);
            }

            Comer? comer = number % 2 == 0 ? null : _comers[number / 2 % Comers];
            asked[number] = new Outstanding(comer, comer?.Now ?? default, Stopwatch.GetTimestamp());
            await socket.SendAsync(DnsText.Query(comer?.Name ?? Resident, DnsRecordType.A, (ushort)number));
        }

        await hearing;
    }

    private async Task HearAsync(Socket socket, Outstanding[] asked, IPAddress stays)
    {
        byte[] buffer = new byte[4096];
        int heard = 0;
        try
        {
            for (; heard < asked.Length; heard++)
            {
                using CancellationTokenSource limit = new(Patience);
                int received = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
                long now = Stopwatch.GetTimestamp();
                DnsReply reply = DnsText.Parse(buffer.AsSpan(0, received));
                int number = NumberOf(reply.Id, asked);
                _latencies.Add(Stopwatch.GetElapsedTime(asked[number].At, now).TotalMicroseconds);
                Judge(reply, asked[number], stays);
            }
        }
        catch (OperationCanceledException)
        {
            _lost = asked.Length - heard;
        }
    }

    /// <summary>The latest question with an id; those of sixty-five seconds before are answered or lost.</summary>
    private static int NumberOf(ushort id, Outstanding[] asked)
    {
        int number = id;
        while (number + 65536 < asked.Length && asked[number + 65536].At != 0)
        {
            number += 65536;
        }

        return number;
    }

    private void Judge(DnsReply reply, Outstanding question, IPAddress stays)
    {
        string[] expected = question.Comer is null ? [stays.ToString()] : question.State.Address is { } address ? [address.ToString()] : [];
        _failed += reply.Code is DnsResponseCode.ServerFailure or DnsResponseCode.Refused ? 1 : 0;
        if (question.Comer is null || (question.State.IsFirm && question.Comer.Now == question.State))
        {
            _firm++;
            _wrong += reply.Data.SequenceEqual(expected) ? 0 : 1;
        }
    }

    private void Print(string title)
    {
        _latencies.Sort();
        Console.WriteLine($"{title}: {_latencies.Count} answers, p50 {_latencies[_latencies.Count / 2]:F0} us, p99 {_latencies[_latencies.Count * 99 / 100]:F0} us; "
            + $"{_lost} lost, {_failed} failed, {_wrong} wrong of {_firm} whose endpoint did not change meanwhile");
    }

    private readonly record struct Outstanding(Comer? Comer, Presence State, long At);

    /// <summary>What is true of an endpoint: nothing firm while a verb is under way.</summary>
    private readonly record struct Presence(int Version, bool IsFirm, IPAddress? Address);

    private sealed class Comer(string name)
    {
        private readonly Lock _gate = new();
        private Presence _now = new(0, IsFirm: true, Address: null);

        public string Name => name;

        public Presence Now
        {
            get
            {
                lock (_gate)
                {
                    return _now;
                }
            }
        }

        public async Task<int> ComeAndGoAsync(INetworkController controller, INetwork network, CancellationToken end)
        {
            ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = name, Dns = new SandboxDns { IsEnabled = false } }, CancellationToken.None);
            int pairs = 0;
            for (; !end.IsCancellationRequested; pairs++)
            {
                Set(isFirm: false, address: null);
                IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = name, DnsNames = [name] }, cancellationToken: CancellationToken.None);
                Set(isFirm: true, endpoint.State.IPv4!.Value.Address);   // its network has IPv4
                await Task.Delay(Stay, CancellationToken.None);
                Set(isFirm: false, address: null);
                await endpoint.DeleteAsync(force: true, CancellationToken.None);
                Set(isFirm: true, address: null);
                await Task.Delay(Stay, CancellationToken.None);
            }

            await sandbox.DeleteAsync(CancellationToken.None);
            return pairs;
        }

        private void Set(bool isFirm, IPAddress? address)
        {
            lock (_gate)
            {
                _now = new Presence(_now.Version + 1, isFirm, address);
            }
        }
    }
}
