using System.Globalization;

namespace MiniRuntime.Engine.Containers;

/// <summary>Signals by the names that users give them.</summary>
internal static class SignalNumber
{
    public const int Kill = 9;
    public const int Terminate = 15;

    // By number, as on x86 and ARM.
    private static readonly string[] Names =
    [
        string.Empty, "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    private const int Last = 64;   // the last of the real-time signals

    /// <summary>Understands <c>SIGTERM</c>, <c>term</c> and <c>15</c>.</summary>
    /// <exception cref="EngineException">400: no such signal.</exception>
    public static int Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return number is > 0 and <= Last ? number : throw Invalid(text);
        }

        string name = text.ToUpperInvariant();
        int index = Array.IndexOf(Names, name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name);
        return index > 0 ? index : throw Invalid(text);
    }

    private static EngineException Invalid(string text) => EngineException.BadRequest($"invalid signal: {text}");
}
