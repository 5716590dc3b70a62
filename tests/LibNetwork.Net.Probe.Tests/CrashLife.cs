using System.Globalization;
using LibNetwork.TestSupport;

namespace LibNetwork.Probe.Tests;

/// <summary>One life of the process that is killed, and what it said.</summary>
internal sealed record CrashLife(int ExitCode, string Output)
{
    /// <summary>Steps to die at: at none of this life, and at one that no verb has.</summary>
    public const int Never = -1, Always = int.MaxValue;

    /// <summary>The fewest steps that make a sweep one.</summary>
    public const int FewestSteps = 2;

    private const int Killed = 128 + 9;

    public bool IsKilled => ExitCode == Killed;

    private string[] State { get; } = [.. Output.Split('\n').Where(line => line.StartsWith("is: ", StringComparison.Ordinal))];

    /// <summary>What is there that was not in a life before.</summary>
    public IEnumerable<string> Left(CrashLife first) => State.Except(first.State);

    public IEnumerable<string> Wrong(CrashLife first)
    {
        string[] complaints = [.. Output.Split('\n').Where(line => line.StartsWith("wrong: ", StringComparison.Ordinal))];
        return ExitCode is 0 or Killed
            ? complaints.Concat(first.State.Except(State).Select(line => $"lost {line}")).Concat(Left(first).Select(line => $"left {line}"))
            : [$"ended with {ExitCode}: {Output}"];
    }

    /// <summary>Lives once: takes up what is there, begins a verb, and dies at a step of the one or the other.</summary>
    public static Task<CrashLife> LiveAsync(TestHost host, string verb, int restoreStep, int verbStep, bool inStorm = false)
    {
        string[] life = ["crash", host.Folder, verb, restoreStep.ToString(CultureInfo.InvariantCulture), verbStep.ToString(CultureInfo.InvariantCulture)];
        return RunAsync(inStorm ? [.. life, "storm"] : life);
    }

    /// <summary>Looks at what there is, and takes nothing up.</summary>
    public static Task<CrashLife> LookAsync(TestHost host) => RunAsync("look", host.Folder);

    private static async Task<CrashLife> RunAsync(params string[] arguments)
    {
        string? native = NativeProbe.IsPossible ? (await NativeProbe.GetAsync()).Program : null;
        (int exitCode, string output) = native is null
            ? await Command.RunAsync("dotnet", [Visit.Program, .. arguments])
            : await Command.RunAsync(native, arguments);
        return new CrashLife(exitCode, output);
    }
}
