namespace MiniRuntime.Engine.Processes;

/// <summary>The streams of a running process: one end for whoever is attached, who disposes it, which closes its input too.</summary>
internal interface IProcessStreams : IDisposable
{
    /// <summary>What the process prints, to its end.</summary>
    IAsyncEnumerable<OutputChunk> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Writes to its standard input.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Closes its standard input.</summary>
    void CloseInput();

    /// <summary>Sets the terminal's size; without a terminal it does nothing.</summary>
    void Resize(int rows, int columns);
}
