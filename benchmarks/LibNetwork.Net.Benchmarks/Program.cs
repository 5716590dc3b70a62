using BenchmarkDotNet.Running;
using LibNetwork.Benchmarks;

// "floor" races the controller against the bare kernel requests; everything else goes to BenchmarkDotNet.
if (args is ["floor", ..])
{
    await FloorRace.RunAsync(rounds: args.Length > 1 ? int.Parse(args[1]) : 100);
    return;
}

if (args is ["where", ..])
{
    await WhereTimeGoes.RunAsync(rounds: args.Length > 1 ? int.Parse(args[1]) : 100);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(EncoderBenchmarks).Assembly).Run(args);
