using System.Runtime.CompilerServices;

namespace MiniRuntime.Engine.Processes;

/// <summary>What a container's process has printed, on disk: standard output and standard error in files of their own.</summary>
internal sealed class ContainerLog(string containerFolder)
{
    /// <summary>Reads what was printed: what is there already output first, then errors, and what comes as it comes.</summary>
    /// <param name="tail">Only the last so many lines of each; <see langword="null"/> for all.</param>
    /// <param name="follow">Whether to go on until <paramref name="ended"/> completes.</param>
    public async IAsyncEnumerable<OutputChunk> ReadAsync(
        int? tail, bool follow, Task ended, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ContainerFolder folder = new(containerFolder);
        if (!File.Exists(folder.Output))
        {
            yield break;   // it was never started
        }

        using LogFollower follower = LogFollower.AtStart(folder);
        if (tail is { } lines)
        {
            follower.SkipToTail(lines);
        }

        await foreach (OutputChunk chunk in follower.ReadAsync(folder, follow ? ended : null, cancellationToken))
        {
            yield return chunk;
        }
    }
}
