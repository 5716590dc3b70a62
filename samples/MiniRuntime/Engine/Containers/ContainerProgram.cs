using MiniRuntime.Engine.Images;
using MiniRuntime.Engine.Processes;

namespace MiniRuntime.Engine.Containers;

/// <summary>What a container's process is to be, from what the user asked.</summary>
internal static class ContainerProgram
{
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static ProcessSpec Spec(ContainerRecord container, ContainerFiles files, Image image) => new()
    {
        ContainerId = container.Id,
        Folder = files.Path,
        ImageRoot = image.RootFolder,
        Command = [.. container.Config.Entrypoint ?? [], .. container.Config.Cmd ?? []],
        Environment = Environment(container),
        WorkingDirectory = container.Config.WorkingDir is { Length: > 0 } directory ? directory : "/",
        HostName = container.Config.Hostname ?? string.Empty,
        Terminal = container.Config.Tty,
        OpenInput = container.Config.OpenStdin,
        Privileged = container.HostConfig.Privileged,
        CapAdd = container.HostConfig.CapAdd ?? [],
        CapDrop = container.HostConfig.CapDrop ?? [],
        Sysctls = (container.HostConfig.Sysctls ?? new Dictionary<string, string>())
            .Where(sysctl => !ContainerSysctls.IsOfNetwork(sysctl.Key)).ToDictionary(),
        User = container.Config.User is { Length: > 0 } user ? user : null,
    };

    /// <summary>The variables of every program in the container; those that the user sets win.</summary>
    public static IReadOnlyList<string> Environment(ContainerRecord container)
    {
        string[] terminal = container.Config.Tty ? ["TERM=xterm"] : [];
        return Merge([DefaultPath, $"HOSTNAME={container.Config.Hostname}", .. terminal], container.Config.Env ?? []);
    }

    /// <summary>Adds variables; of two with the same name the later one counts.</summary>
    public static IReadOnlyList<string> Merge(IReadOnlyList<string> variables, IReadOnlyList<string> more)
        => [.. variables.Concat(more).Reverse().DistinctBy(variable => variable.Split('=')[0]).Reverse()];
}
