using System.Diagnostics;
using System.Text.Json.Nodes;
using LibNetwork.Linux.Namespaces;
using LibNetwork.TestSupport;

namespace LibNetwork.Benchmarks;

/// <summary>The CNI plugin, compiled ahead of time, against the reference plugins <c>bridge</c> with <c>host-local</c>: whole processes, in turns, on one host.</summary>
/// <remarks>Each network has a container already: what its bridge and rules cost is not measured. Then with a crowd on the host, on the same network or on another.</remarks>
internal sealed class CniRace : IDisposable
{
    private const string Reference = "/usr/lib/cni";
    private const int WarmUpRounds = 5;
    private static readonly int[] Crowds = [100, 1000];

    // How long the kernel is busy after a container, in the background: it takes apart a namespace, which waits for grace periods.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(120);

    private readonly TestHost _host;
    private readonly string _ours;
    private int _count;

    private CniRace(TestHost host, string ours)
    {
        _host = host;
        _ours = ours;
    }

    public static async Task RunAsync(int rounds)
    {
        if (!NativeProgram.IsPossible || !File.Exists(Path.Combine(Reference, "bridge")))
        {
            Console.WriteLine("needs clang or gcc, and the reference plugins (Debian: containernetworking-plugins)");
            return;
        }

        (string? ours, string log) = await NativeProgram.PublishAsync("src/LibNetwork.Net.Cni", "libnetwork-cni", "NativeCni");
        Console.WriteLine($"{"median (least) of " + rounds,-44}{"reference ms",20}{"ours ms",20}{"ratio",8}");
        using (CniRace race = new(await TestHost.CreateAsync(forwards: true), ours ?? throw new InvalidOperationException(log)))
        {
            await race.RaceAsync("plain", rounds, ipMasq: false);
            await race.RaceAsync("with ipMasq and hairpinMode", rounds, ipMasq: true);
        }

        foreach (int crowd in Crowds)
        {
            foreach (bool isSame in (bool[])[true, false])
            {
                using CniRace race = new(await TestHost.CreateAsync(forwards: true), ours);
                await race.CrowdAsync(crowd, isSame);
                await race.RaceAsync($"beside {crowd} on {(isSame ? "the same network" : "another")}", rounds, ipMasq: true);
            }
        }
    }

    public void Dispose() => _host.Dispose();

    /// <summary>Puts containers on a network of each side, and leaves them there.</summary>
    private async Task CrowdAsync(int count, bool isSame)
    {
        (string Program, string Configuration)[] sides = isSame
            ? Sides(ipMasq: true)
            : [(Path.Combine(Reference, "bridge"), Configuration("reference", ipMasq: true, "10.92.0.0/16", "-other")), (_ours, Configuration("ours", ipMasq: true, "10.93.0.0/16", "-other"))];
        for (int number = 0; number < count; number++)
        {
            using NetworkNamespace container = Container();
            foreach ((string program, string configuration) in sides)
            {
                await CallAsync(program, "ADD", $"crowd-{number}", container, program == _ours ? "eth1" : "eth0", configuration);
            }
        }
    }

    private (string Program, string Configuration)[] Sides(bool ipMasq) =>
    [
        (Path.Combine(Reference, "bridge"), Configuration("reference", ipMasq, "10.90.0.0/16")), (_ours, Configuration("ours", ipMasq, "10.91.0.0/16")),
    ];

    private async Task RaceAsync(string name, int rounds, bool ipMasq)
    {
        (string Program, string Configuration)[] sides = Sides(ipMasq);
        using NetworkNamespace resident = Container();
        foreach ((string program, string configuration) in sides)
        {
            await CallAsync(program, "ADD", "resident", resident, program == _ours ? "eth1" : "eth0", configuration);
        }

        List<double>[] adds = [[], []], deletions = [[], []];
        for (int round = -WarmUpRounds; round < rounds; round++)
        {
            int first = Random.Shared.Next(2);
            foreach (int side in (int[])[first, 1 - first])
            {
                using NetworkNamespace container = Container();
                (string program, string configuration) = sides[side];
                Quiet.For(Settling);
                double add = await CallAsync(program, "ADD", "c", container, "eth0", configuration);
                Quiet.For(Settling);
                double deletion = await CallAsync(program, "DEL", "c", container, "eth0", configuration);
                NetworkNamespace.Unpin(container.Path!);   // it is pinned
                if (round >= 0)
                {
                    adds[side].Add(add);
                    deletions[side].Add(deletion);
                }
            }
        }

        foreach ((string program, string configuration) in sides)
        {
            await CallAsync(program, "DEL", "resident", resident, program == _ours ? "eth1" : "eth0", configuration);
        }

        Print("ADD " + name, adds);
        Print("DEL " + name, deletions);
    }

    private static void Print(string name, List<double>[] times)
    {
        double reference = Contest.Median(times[0]), ours = Contest.Median(times[1]);
        Console.WriteLine($"{name,-44}{$"{reference:F1} ({times[0].Min():F1})",20}{$"{ours:F1} ({times[1].Min():F1})",20}{reference / ours,8:F2}");
    }

    private NetworkNamespace Container() => NetworkNamespace.CreatePinned(Path.Combine(_host.Folder, $"container-{++_count}"));

    private string Configuration(string name, bool ipMasq, string subnet, string suffix = "") => new JsonObject
    {
        ["cniVersion"] = "1.0.0",
        ["name"] = name + suffix,
        ["type"] = name,
        ["bridge"] = $"cni-{name[..4]}{suffix}",
        ["isGateway"] = true,
        ["ipMasq"] = ipMasq,
        ["hairpinMode"] = ipMasq,
        ["runDirectory"] = _host.RunDirectory,
        ["ipam"] = new JsonObject
        {
            ["type"] = "host-local",
            ["dataDir"] = Path.Combine(_host.Folder, "host-local"),
            ["ranges"] = new JsonArray(new JsonArray(new JsonObject { ["subnet"] = subnet })),
            ["routes"] = name == "ours" ? new JsonArray(new JsonObject { ["dst"] = "10.200.0.0/16" }) : new JsonArray(new JsonObject { ["dst"] = "10.201.0.0/16" }),
        },
    }.ToJsonString();

    /// <returns>Milliseconds, from before the process is started until it has ended.</returns>
    private async Task<double> CallAsync(string program, string command, string id, NetworkNamespace container, string interfaceName, string configuration)
    {
        ProcessStartInfo start = new(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        (start.Environment["CNI_COMMAND"], start.Environment["CNI_CONTAINERID"], start.Environment["CNI_NETNS"]) = (command, id, container.Path);
        (start.Environment["CNI_IFNAME"], start.Environment["CNI_PATH"]) = (interfaceName, Reference);
        return await _host.Namespace.RunInsideAsync(() =>
        {
            long begin = Stopwatch.GetTimestamp();
            using Process process = Process.Start(start)!;   // Process.Start gives a process for a new start info
            process.StandardInput.Write(configuration);
            process.StandardInput.Close();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            double time = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            return process.ExitCode == 0 ? time : throw new InvalidOperationException($"{program} {command}: {output}");
        });
    }
}
