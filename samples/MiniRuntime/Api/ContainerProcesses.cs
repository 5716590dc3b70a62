using MiniRuntime.Api.Messages;
using MiniRuntime.Engine;
using MiniRuntime.Engine.Containers;

namespace MiniRuntime.Api;

/// <summary>The processes of a container (<c>docker top</c>), as the machine numbers them.</summary>
internal static class ContainerProcesses
{
    public static TopMessage List(Container container)
    {
        int first = container.Process?.Id ?? throw EngineException.Conflict($"container {container.Id} is not running");
        string? space = Space(first);
        return new TopMessage(
            ["PID", "PPID", "CMD"],
            [
                .. from folder in Directory.EnumerateDirectories("/proc")
                   let name = Path.GetFileName(folder)
                   where int.TryParse(name, out int id) && space is not null && Space(id) == space
                   let process = Read(folder)
                   where process is not null
                   select (IReadOnlyList<string>)[name, process.Value.Parent, process.Value.Command],
            ]);
    }

    // Processes of a container are those in its space of process ids. Any process may end while it is looked at.
    private static string? Space(int id)
    {
        try
        {
            return new FileInfo($"/proc/{id}/ns/pid").LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static (string Parent, string Command)? Read(string folder)
    {
        try
        {
            string stat = File.ReadAllText($"{folder}/stat");
            string[] afterName = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            string command = File.ReadAllText($"{folder}/cmdline").TrimEnd('\0').Replace('\0', ' ');
            return (afterName[1], command.Length > 0 ? command : stat[(stat.IndexOf('(') + 1)..stat.LastIndexOf(')')]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
