using LibNetwork.TestSupport;

namespace LibNetwork.Probe.Tests;

/// <summary>The probe, compiled ahead of time once for all tests that start it often.</summary>
internal static class NativeProbe
{
    private static readonly Lazy<Task<(string? Program, string Log)>> Published
        = new(static () => NativeProgram.PublishAsync("tests/LibNetwork.Net.Probe", "LibNetwork.Net.Probe", "NativeProbe"));

    /// <summary>Whether this machine can compile it.</summary>
    public static bool IsPossible => NativeProgram.IsPossible;

    /// <returns>The program, or <see langword="null"/> when it could not be compiled, and what the compiler said.</returns>
    public static Task<(string? Program, string Log)> GetAsync() => Published.Value;
}
