namespace LibNetwork.Linux.Tests.Support;

/// <summary>Counts the threads of this process by the namespace that they are in.</summary>
internal static class Census
{
    // The compiler's worker, cut to the 15 characters that the kernel keeps, and the collector's. They may be born inside, and do no networking; see RunInsideAsync.
    private static readonly string[] RuntimeWorkers = [".NET Tiered Com", ".NET BGC"];

    private static readonly string Home = LinkOf("/proc/self/ns/net")!;

    public static IReadOnlyList<string> ThreadsAbroad()
    {
        List<string> abroad = [];
        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            string? link = LinkOf(Path.Combine(task, "ns/net"));
            string? name = link is null || link == Home ? null : NameOf(task);
            if (name is not null && !RuntimeWorkers.Contains(name))
            {
                abroad.Add($"{name} in {link}");
            }
        }

        return abroad;
    }

    private static string? NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).Trim();
        }
        catch (IOException)
        {
            return null;   // the thread has ended meanwhile
        }
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
