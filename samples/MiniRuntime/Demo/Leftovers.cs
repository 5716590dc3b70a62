using System.ComponentModel;
using System.Diagnostics;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;

namespace MiniRuntime.Demo;

/// <summary>Looks in <c>/proc</c> for what a world may leave behind.</summary>
internal static class Leftovers
{
    // The kernel keeps 15 characters of a thread's name.
    private static readonly string[] RuntimeWorkers = [".NET Tiered Com", ".NET BGC"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The processes that live in one of some pinned namespaces.</summary>
    public static IReadOnlyList<int> Processes(IEnumerable<string> pins)
    {
        HashSet<(ulong, ulong)> namespaces = [.. pins.Select(Identity).OfType<(ulong, ulong)>()];
        return [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out int id) ? id : 0)
            .Where(id => id > 0 && Identity($"/proc/{id}/ns/net") is { } identity && namespaces.Contains(identity))];
    }

    /// <summary>The mounts below a folder.</summary>
    public static IReadOnlyList<string> Mounts(string folder)
        => [.. File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4]).Where(path => path.StartsWith(folder, StringComparison.Ordinal))];

    /// <summary>The threads of this process that are in another network namespace than the process itself.</summary>
    /// <remarks>Save for the compiler's worker and the garbage collector's, which the runtime may start inside, and which do no networking.</remarks>
    public static IReadOnlyList<string> StrayThreads()
        => [.. Directory.EnumerateDirectories("/proc/self/task").Where(thread
            => Identity($"{thread}/ns/net") is { } at && at != Identity("/proc/self/ns/net") && Name(thread) is { } name && !RuntimeWorkers.Contains(name))];

    /// <summary>Ends the processes in some pinned namespaces and waits until they are gone.</summary>
    public static async Task KillAsync(IReadOnlyList<string> pins)
    {
        using CancellationTokenSource limit = new(Patience);
        while (Processes(pins) is { Count: > 0 } found)
        {
            foreach (int id in found)
            {
                try
                {
                    using Process process = Process.GetProcessById(id);
                    process.Kill();
                }
                catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
                {
                    // It ended by itself since it was found; if not, the next round finds it again.
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), limit.Token);
        }
    }

    private static string? Name(string thread)
    {
        try
        {
            return File.ReadAllText($"{thread}/comm").Trim();
        }
        catch (IOException)
        {
            return null;   // it has ended
        }
    }

    private static (ulong Device, ulong Inode)? Identity(string path)
    {
        try
        {
            using NetworkNamespace opened = NetworkNamespace.Open(path);
            return opened.Identity;
        }
        catch (KernelException)
        {
            return null;   // a process that has ended, or a file whose namespace is gone already
        }
    }
}
