using MiniRuntime.Engine.Images;
using MiniRuntime.Engine.Processes;

namespace MiniRuntime.Engine.Containers;

/// <summary>What a container's process is to be, from what the user asked.</summary>
internal static class ContainerProgram
{
    public static ProcessSpec Spec(ContainerRecord container, ContainerFiles files, Image image) => new()
    {
        ContainerId = container.Id,
        Folder = files.Path,
        ImageRoot = image.RootFolder,
        Command = [.. container.Config.Entrypoint ?? [], .. container.Config.Cmd ?? []],
        Environment = container.Config.Env ?? [],
        WorkingDirectory = container.Config.WorkingDir is { Length: > 0 } directory ? directory : "/",
        HostName = container.Config.Hostname ?? string.Empty,
        Terminal = container.Config.Tty,
        OpenInput = container.Config.OpenStdin,
        InputEndsWithClients = container.Config.StdinOnce,
        Privileged = container.HostConfig.Privileged,
        CapAdd = container.HostConfig.CapAdd ?? [],
        CapDrop = container.HostConfig.CapDrop ?? [],
        Sysctls = container.HostConfig.Sysctls ?? new Dictionary<string, string>(),
        User = container.Config.User is { Length: > 0 } user ? user : null,
    };
}
