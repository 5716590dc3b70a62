using System.Globalization;

namespace MiniRuntime.Engine.Processes;

/// <summary>Who runs a program in a container.</summary>
internal sealed record ContainerUser(uint Id, uint Group, IReadOnlyList<uint> Groups, string Home)
{
    /// <summary>Finds a user: <c>name</c>, <c>uid</c>, either with <c>:group</c> or <c>:gid</c>; nobody means root.</summary>
    /// <param name="user">As asked.</param>
    /// <param name="read">Reads a file of the container by its path under the root; <see langword="null"/> when there is none.</param>
    /// <exception cref="EngineException">400: no such user or group.</exception>
    public static ContainerUser Find(string? user, Func<string, string?> read)
    {
        string[] parts = (user is null or "" ? "0" : user).Split(':', 2);
        string[][] users = Rows(read("etc/passwd"), columns: 6), groups = Rows(read("etc/group"), columns: 4);
        bool isNumber = uint.TryParse(parts[0], CultureInfo.InvariantCulture, out uint id);
        string[]? entry = users.FirstOrDefault(row => row[0] == parts[0]) ?? users.FirstOrDefault(row => isNumber && Number(row[2]) == id);
        if (entry is null && !isNumber)
        {
            throw Failed($"unable to find user {parts[0]}: no matching entries in passwd file");
        }

        if (entry is not null)
        {
            id = Number(entry[2]);
        }

        uint group = entry is null ? 0 : Number(entry[3]);
        uint[] further = entry is null ? [] : [.. groups.Where(row => row[3].Split(',').Contains(entry[0])).Select(row => Number(row[2]))];
        if (parts.Length == 2)
        {
            string[]? named = groups.FirstOrDefault(row => row[0] == parts[1]);
            bool isGroupNumber = uint.TryParse(parts[1], CultureInfo.InvariantCulture, out uint number);
            group = named is not null ? Number(named[2])
                : isGroupNumber ? number
                : throw Failed($"unable to find group {parts[1]}: no matching entries in group file");
            further = [];
        }

        return new ContainerUser(id, group, [.. further.Append(group).Distinct()], entry?[5] is { Length: > 0 } home ? home : "/");
    }

    // docker answers so, and gives the container the exit code of one that could not be created.
    private static EngineException Failed(string message) => new(400, message) { ExitCode = 126 };

    private static uint Number(string text) => uint.TryParse(text, CultureInfo.InvariantCulture, out uint number) ? number : 0;

    private static string[][] Rows(string? file, int columns)
        => file is null ? [] : [.. file.Split('\n').Select(line => line.Split(':')).Where(row => row.Length >= columns)];
}
