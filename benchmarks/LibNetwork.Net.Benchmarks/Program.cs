using BenchmarkDotNet.Running;
using LibNetwork.Benchmarks;

// "floor" races the controller against the bare kernel requests, "where" says where a verb's time goes, "durable" races a store
// on the disk against one in memory, all with a number of rounds; everything else goes to BenchmarkDotNet.
int rounds = args.Length > 1 && int.TryParse(args[1], out int given) ? given : 100;
switch (args)
{
    case ["floor", ..]:
        await FloorRace.RunAsync(rounds);
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
    default:
        BenchmarkSwitcher.FromAssembly(typeof(EncoderBenchmarks).Assembly).Run(args);
        break;
}
