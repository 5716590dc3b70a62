using BenchmarkDotNet.Running;
using LibNetwork.Benchmarks;
using LibNetwork.Benchmarks.Scale;

// The number behind the name is of rounds, networks or seconds.
//   floor      the controller against the bare kernel requests
//   wire       endpoints on the host's wire (macvlan, ipvlan) against the bare kernel requests
//   where      where a verb's time goes
//   durable    a store on the disk against one in memory
//   watch      a controller that watches the kernel against one that does not
//   publish    what published ports add to an attach
//   traffic    connections through a published port, alone and among thousands, against a list of rules
//   egress     what an egress policy adds to an attach
//   remote     an attach whose driver is in another process against the same driver in this one
//   overlay    a stream between hosts by an overlay network against a tunnel made by hand; a thousand peers
//   restart    a restart with so many networks (100; the goal is for 1000)
//   sandboxes  what so many sandboxes with resolvers cost (3000)
//   dns        the resolver under dnsperf, so many seconds (5)
//   dns-race   the resolver against dockerd's, so many seconds each round (3)
//   dns-churn  a thousand questions a second while endpoints come and go, so many seconds (10)
//   dns-dead   what a dead first server costs
//   addresses  IPAM against a bitmap
//   cni        the CNI plugin against the reference plugins, start-up included (20)
//   cluster    addresses that hosts share, with real etcd (2000)
//   reach      how soon other hosts find an endpoint, and agree again after a cut, with real etcd (200)
//   scale      what clusters of so many nodes ask of their store, simulated (100 1000 10000)
// Everything else goes to BenchmarkDotNet.
int rounds = args.Length > 1 && int.TryParse(args[1], out int given) ? given : 100;
switch (args)
{
    case ["floor", ..]:
        await FloorRace.RunAsync(rounds);
        break;
    case ["wire", ..]:
        await WireRace.RunAsync(rounds);
        break;
    case ["where", ..]:
        await WhereTimeGoes.RunAsync(rounds);
        break;
    case ["durable", ..]:
        await DurabilityRace.RunAsync(rounds);
        break;
    case ["dns", ..]:
        await NameService.RunAsync(args.Length > 1 ? rounds : 5);
        break;
    case ["dns-race", ..]:
        await NameRace.RunAsync(args.Length > 1 ? rounds : 3);
        break;
    case ["dns-churn", ..]:
        await NameChurn.RunAsync(args.Length > 1 ? rounds : 10);
        break;
    case ["dns-dead", ..]:
        await DeadServer.RunAsync(rounds);
        break;
    case ["watch", ..]:
        await WatchCost.RunAsync(rounds);
        break;
    case ["addresses", ..]:
        await AddressRace.RunAsync();
        break;
    case ["cluster", ..]:
        await ClusterRace.RunAsync(args.Length > 1 ? rounds : 2000);
        break;
    case ["reach", ..]:
        await ClusterReach.RunAsync(args.Length > 1 ? rounds : 200);
        break;
    case ["scale", .. string[] sizes]:
        await ScaleReport.RunAsync(sizes.Length == 0 ? [100, 1000, 10_000] : [.. sizes.Select(int.Parse)]);
        break;
    case ["publish", ..]:
        await PublishRace.RunAsync(rounds);
        break;
    case ["traffic", ..]:
        await PublishedTraffic.RunAsync(args.Length > 1 ? rounds : 15);
        break;
    case ["sandboxes", ..]:
        await SandboxCost.RunAsync(args.Length > 1 ? rounds : 3000);
        break;
    case ["cni", ..]:
        await CniRace.RunAsync(args.Length > 1 ? rounds : 20);
        break;
    case ["egress", ..]:
        await EgressRace.RunAsync(rounds);
        break;
    case ["remote", ..]:
        await RemoteRace.RunAsync(rounds);
        break;
    case ["overlay", ..]:
        await OverlayRace.RunAsync(args.Length > 1 ? rounds : 15);
        break;
    case ["restart", ..]:
        await RestartRace.RunAsync(networks: rounds);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(EncoderBenchmarks).Assembly).Run(args);
        break;
}
