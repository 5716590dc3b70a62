using System.Globalization;

namespace MiniRuntime.Engine.Processes;

/// <summary>What a running container gives to a further program, as its first process has it.</summary>
internal static class ContainerView
{
    private const string BoundLine = "CapBnd:";
    private const string HomePrefix = "HOME=";

    /// <summary>The user, and the environment: the first process's with what is asked over it.</summary>
    public static (ContainerUser User, IReadOnlyList<string> Environment) Look(RunningProcess container, ExecSpec spec)
    {
        ContainerUser user = ContainerUser.Find(spec.User, new RootFolder($"/proc/{container.Id}/root", image: null).ReadFile);
        IEnumerable<string> own = File.ReadAllText($"/proc/{container.Id}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Where(entry => spec.User is null || !entry.StartsWith(HomePrefix, StringComparison.Ordinal));   // another user's home is elsewhere
        return (user, ProgramEnvironment.Build([.. own, .. spec.Environment], hostName: string.Empty, user.Home, spec.Terminal));
    }

    /// <summary>The capabilities that a program in the container may have, a bit each.</summary>
    public static ulong Bound(RunningProcess container)
    {
        string line = File.ReadLines($"/proc/{container.Id}/status").Single(line => line.StartsWith(BoundLine, StringComparison.Ordinal));
        return ulong.Parse(line.AsSpan(BoundLine.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
