using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace MiniRuntime.Engine.Processes;

/// <summary>The streams of an executed program, over pipes or over its terminal. For one client.</summary>
internal sealed class ExecStreams : IProcessStreams
{
    private const int ChunkSize = 16 * 1024;
    private const int InputOutputError = 5;   // EIO: nobody has the other end of the terminal open any more
    private const int MaxPending = 16;

    private static readonly byte[] EndOfInput = [4];   // Ctrl-D

    private readonly ExecPipes? _pipes;
    private readonly FileStream? _terminal;

    public ExecStreams(ExecPipes? pipes, SafeFileHandle? terminal)
    {
        _pipes = pipes;
        _terminal = terminal is null ? null : new FileStream(terminal, FileAccess.ReadWrite, bufferSize: 0);
    }

    public async IAsyncEnumerable<OutputChunk> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<OutputChunk> chunks = Channel.CreateBounded<OutputChunk>(MaxPending);
        Task reading = Task.WhenAll(_terminal is not null
            ? [PumpAsync(_terminal, isError: false, chunks.Writer, cancellationToken)]
            : [PumpAsync(_pipes!.Output, isError: false, chunks.Writer, cancellationToken), PumpAsync(_pipes.Error, isError: true, chunks.Writer, cancellationToken)]);
        _ = reading.ContinueWith(
            done => chunks.Writer.Complete(done.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await foreach (OutputChunk chunk in chunks.Reader.ReadAllAsync(cancellationToken))
        {
            yield return chunk;
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        Stream? input = _terminal is not null ? _terminal : _pipes?.Input;
        if (input is null)
        {
            return;
        }

        try
        {
            await input.WriteAsync(data, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The program reads no more.
        }
    }

    public void CloseInput()
    {
        if (_terminal is not null)
        {
            _ = WriteAsync(EndOfInput, CancellationToken.None).AsTask();   // a program that reads no more is no fault
        }

        _pipes?.Input?.Dispose();
    }

    public void Resize(int rows, int columns)
    {
        if (_terminal is { } terminal)
        {
            Posix.SetTerminalSize(terminal.SafeFileHandle, rows, columns);
        }
    }

    public void Dispose()
    {
        _pipes?.Dispose();
        _terminal?.Dispose();
    }

    private static async Task PumpAsync(Stream source, bool isError, ChannelWriter<OutputChunk> chunks, CancellationToken cancellationToken)
    {
        while (true)
        {
            byte[] buffer = new byte[ChunkSize];
            int read;
            try
            {
                read = await source.ReadAsync(buffer, cancellationToken);
            }
            catch (IOException exception) when ((exception.HResult & 0xffff) == InputOutputError)
            {
                return;
            }

            if (read == 0)
            {
                return;
            }

            await chunks.WriteAsync(new OutputChunk(isError, buffer.AsMemory(0, read)), cancellationToken);
        }
    }
}
