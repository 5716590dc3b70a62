using System.Runtime.CompilerServices;
using MiniRuntime.Engine.Processes;

namespace MiniRuntime.Engine.Containers;

/// <summary>What a container prints from a moment on, also when it is yet to start.</summary>
internal sealed class ContainerOutput : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly IAsyncEnumerator<OutputChunk> _chunks;
    private Task<bool> _next;

    private ContainerOutput(Container container, bool past, bool follow)
    {
        _chunks = container.Log.ReadAsync(past ? null : 0, follow, container.NextExit, _stop.Token).GetAsyncEnumerator(_stop.Token);
        _next = _chunks.MoveNextAsync().AsTask();
    }

    /// <summary>Begins to listen: nothing that is printed after this returns is missed.</summary>
    /// <param name="container">The container.</param>
    /// <param name="past">Whether to begin with what was printed before.</param>
    /// <param name="follow">Whether to go on to the container's end.</param>
    public static ContainerOutput Open(Container container, bool past, bool follow) => new(container, past, follow);

    public async IAsyncEnumerable<OutputChunk> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await _next.WaitAsync(cancellationToken))
        {
            yield return _chunks.Current;
            _next = _chunks.MoveNextAsync().AsTask();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);   // the reader has heard of it, or does not want to
        await _chunks.DisposeAsync();
        _stop.Dispose();
    }
}
