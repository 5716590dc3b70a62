using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace LibNetwork.Benchmarks;

/// <summary>What <c>dnsperf</c> says of a name server after one run.</summary>
/// <param name="Completed">How many questions were answered.</param>
/// <param name="Failed">How many of the answers had another code than NOERROR.</param>
/// <param name="Lost">How many questions were not answered.</param>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="Average">The average latency in seconds.</param>
/// <param name="Latencies">The latency of each answer in seconds, in order; empty unless asked for, since to print them slows dnsperf down.</param>
internal sealed partial record Dnsperf(long Completed, long Failed, long Lost, double PerSecond, double Average, double[] Latencies)
{
    private const string Program = "dnsperf";

    public double this[int percentile] => Latencies[Math.Min(Latencies.Length * percentile / 100, Latencies.Length - 1)];

    /// <summary>Asks the resolver inside a network namespace.</summary>
    /// <param name="namespacePath">The namespace.</param>
    /// <param name="queries">A file with the questions.</param>
    /// <param name="load">How much and for how long.</param>
    /// <param name="eachLatency">Whether the latency of each answer is wanted.</param>
    public static async Task<Dnsperf> RunAsync(string namespacePath, string queries, string load, bool eachLatency = false)
    {
        using Process process = Process.Start(new ProcessStartInfo(
            "nsenter", $"--net={namespacePath} {Program} -s 127.0.0.11 -d {queries} {load} {(eachLatency ? "-v" : string.Empty)}")
        {
            UseShellExecute = false, RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("nsenter did not start.");
        string report = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        long completed = (long)Number(report, CompletedCount());
        return new Dnsperf(
            completed,
            completed - (NoErrorCount().Match(report) is { Success: true } match ? long.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) : 0),
            (long)Number(report, LostCount()),
            Number(report, Rate()),
            completed == 0 ? 0 : Number(report, Latency()),
            eachLatency ? LatenciesIn(report) : []);
    }

    private static double[] LatenciesIn(string report)
    {
        List<double> latencies = [];
        foreach (ReadOnlySpan<char> line in report.AsSpan().EnumerateLines())
        {
            // "> NOERROR name A 0.000123"
            if (line.StartsWith("> ") && double.TryParse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture, out double latency))
            {
                latencies.Add(latency);
            }
        }

        latencies.Sort();
        return [.. latencies];
    }

    private static double Number(string report, Regex what)
        => what.Match(report) is { Success: true } match
            ? double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture)
            : throw new InvalidDataException($"dnsperf said:\n{report}");

    [GeneratedRegex(@"Queries per second:\s+(?<number>[0-9.]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rate();

    [GeneratedRegex(@"Average Latency \(s\):\s+(?<number>[0-9.]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Latency();

    [GeneratedRegex(@"Queries lost:\s+(?<number>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LostCount();

    [GeneratedRegex(@"Queries completed:\s+(?<number>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CompletedCount();

    [GeneratedRegex(@"NOERROR (?<number>[0-9]+) \(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NoErrorCount();
}
