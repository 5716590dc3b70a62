namespace LibNetwork.Architecture.Tests;

/// <summary>Says all that breaks a rule, where an assertion about a collection would show its first item.</summary>
internal static class Violations
{
    public static void None(IEnumerable<string> found)
    {
        string[] all = [.. found];
        Assert.True(all.Length == 0, string.Join(Environment.NewLine, all));
    }
}
