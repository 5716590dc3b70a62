namespace MiniRuntime;

/// <summary>How a command went, for whoever started it.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Differs = 1;
    public const int Failed = 1;
    public const int CannotRun = 2;
    public const int Interrupted = 130;   // what a shell reports for a program that Ctrl-C ended
}
