namespace MiniRuntime.Engine.Processes;

/// <summary>What a container's process has printed, on disk.</summary>
internal sealed class ContainerLog(string containerFolder)
{
    /// <summary>Reads what was printed, in the order in which it came as far as that is known.</summary>
    /// <param name="tail">Only the last so many lines; <see langword="null"/> for all.</param>
    /// <param name="follow">Whether to go on until <paramref name="ended"/> completes.</param>
    public IAsyncEnumerable<OutputChunk> ReadAsync(int? tail, bool follow, Task ended, CancellationToken cancellationToken)
        => throw new NotSupportedException(containerFolder);
}
