namespace LibNetwork.Benchmarks;

/// <summary>One verb against the bare kernel requests for the same objects; each sample is in microseconds.</summary>
internal sealed class Contest(string name, Func<Task<double>> ours, Func<Task<double>>? floor = null)
{
    private readonly List<double> _ours = [];
    private readonly List<double> _floor = [];

    public static double Median(IEnumerable<double> values)
    {
        List<double> sorted = [.. values.Order()];
        return sorted[sorted.Count / 2];
    }

    /// <summary>Runs both sides once, in an order that chance decides, and calls <paramref name="settle"/> after each.</summary>
    public async Task RunAsync(bool counts, Func<Task> settle)
    {
        bool oursFirst = Random.Shared.Next(2) == 0;
        foreach (bool isOurs in (bool[])[oursFirst, !oursFirst])
        {
            if ((isOurs ? ours : floor) is not { } side)
            {
                continue;
            }

            double time = await side();
            await settle();
            if (counts)
            {
                (isOurs ? _ours : _floor).Add(time);
            }
        }
    }

    public void Print()
    {
        double median = Median(_ours);
        string bare = _floor.Count == 0 ? "-" : $"{Median(_floor):F0}";
        string ratio = _floor.Count == 0 ? "-" : $"{median / Median(_floor):F2}";
        Console.WriteLine($"{name,-34}{bare,10}{median,10:F0}{ratio,8}");
    }
}
