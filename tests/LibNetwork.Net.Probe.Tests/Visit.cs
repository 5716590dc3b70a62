namespace LibNetwork.Probe.Tests;

/// <summary>The probe, and what it says when all went well.</summary>
internal static class Visit
{
    private const string Expected = """
        over IPv4: hello
        over IPv6: hello
        counted: 1
        inside: 2 interfaces
        left: 0 networks, 0 sandboxes
        """;

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "LibNetwork.Net.Probe.dll");

    public static void AssertWentWell(int exitCode, string output)
    {
        Assert.Equal(Expected, output.TrimEnd());
        Assert.Equal(0, exitCode);
    }
}
