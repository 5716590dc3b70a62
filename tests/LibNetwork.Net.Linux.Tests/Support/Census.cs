namespace LibNetwork.Linux.Tests.Support;

/// <summary>Counts the threads of this process by the namespace that they are in.</summary>
internal static class Census
{
    private static readonly string Home = LinkOf("/proc/self/ns/net")!;

    public static IReadOnlyList<string> ThreadsAbroad()
    {
        List<string> abroad = [];
        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            string? link = LinkOf(Path.Combine(task, "ns/net"));
            if (link is not null && link != Home)
            {
                abroad.Add($"{File.ReadAllText(Path.Combine(task, "comm")).Trim()} in {link}");
            }
        }

        return abroad;
    }

    private static string? LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException)
        {
            return null;   // the thread has ended meanwhile
        }
    }
}
