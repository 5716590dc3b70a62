namespace LibNetwork.Probe.Crash;

/// <summary>A verb in a situation.</summary>
/// <param name="Make">Makes what the verb needs, beside what is in every world.</param>
/// <param name="Act">The verb.</param>
/// <param name="Effect">Whether the verb has happened; throws when it has happened in part.</param>
/// <param name="Clear">Takes back all that <paramref name="Make"/> and <paramref name="Act"/> may have made.</param>
internal sealed record Situation(
    Func<CrashWorld, Task> Make, Func<CrashWorld, Task> Act, Func<CrashWorld, bool> Effect, Func<CrashWorld, Task> Clear);
