using System.Diagnostics;

namespace LibNetwork.Benchmarks;

/// <summary>Waits between measurements, awake.</summary>
internal static class Quiet
{
    /// <summary>How long the kernel takes namespaces apart in the background.</summary>
    public static readonly TimeSpan AfterTeardown = TimeSpan.FromMilliseconds(15);

    /// <summary>Not asleep: a core that slept runs whatever comes next at a third of its speed, and that is not what is measured.</summary>
    public static void For(TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            Thread.SpinWait(1000);
        }
    }
}
