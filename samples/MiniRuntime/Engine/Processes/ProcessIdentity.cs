using System.Globalization;

namespace MiniRuntime.Engine.Processes;

/// <summary>A process of this machine. Ids are used again, so the moment of its start (in ticks since boot) belongs to it.</summary>
internal readonly record struct ProcessIdentity(int Id, ulong StartTime)
{
    private const int StateField = 0;       // counted after the name in parentheses, which may contain anything
    private const int StartTimeField = 19;

    /// <summary>Whether it runs; one that has ended and is not yet reaped does not.</summary>
    public bool IsAlive => Fields(Id) is { } fields && fields[StateField] is not ("Z" or "X") && Start(fields) == StartTime;

    /// <summary>The process that has an id now; <see langword="null"/> when none has.</summary>
    public static ProcessIdentity? Of(int id) => Fields(id) is { } fields ? new ProcessIdentity(id, Start(fields)) : null;

    private static ulong Start(string[] fields) => ulong.Parse(fields[StartTimeField], CultureInfo.InvariantCulture);

    private static string[]? Fields(int id)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return null;   // gone, perhaps just now (ESRCH while reading)
        }
    }
}
