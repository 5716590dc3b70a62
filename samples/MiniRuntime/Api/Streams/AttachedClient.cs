using System.Buffers.Binary;
using Microsoft.AspNetCore.Http;
using MiniRuntime.Engine.Processes;

namespace MiniRuntime.Api.Streams;

/// <summary>A client that reads a process's output, and perhaps writes its input, on the connection of its request.</summary>
internal sealed class AttachedClient : IDisposable
{
    private const int FrameHeader = 8;
    private const byte StandardOutput = 1;
    private const byte StandardError = 2;
    private const int BufferSize = 32 << 10;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly RawConnection? _connection;
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly bool _framed;
    private readonly CancellationTokenSource _gone;

    private AttachedClient(HttpContext context, RawConnection? connection, bool framed)
    {
        _connection = connection;
        _input = connection?.Input ?? context.Request.Body;
        _output = context.Response.Body;
        _framed = framed;
        _gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
    }

    /// <summary>Cancelled when the client has left.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Answers a request by making a stream of its connection; a client that asks for no upgrade gets a plain answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="framed">Whether standard output and standard error are told apart, each piece behind a header.</param>
    public static async Task<AttachedClient> AcceptAsync(HttpContext context, bool framed)
    {
        context.Response.ContentType = framed ? "application/vnd.docker.multiplexed-stream" : "application/vnd.docker.raw-stream";
        AttachedClient client = new(context, RawConnection.TryTake(context), framed);
        await client._output.FlushAsync(client.Gone);
        return client;
    }

    /// <summary>Passes on all output, to its end or until the client leaves.</summary>
    public async Task WriteAsync(IAsyncEnumerable<OutputChunk> output, bool standardOutput, bool standardError)
    {
        try
        {
            await foreach (OutputChunk chunk in output.WithCancellation(Gone))
            {
                if (chunk.IsError ? standardError : standardOutput)
                {
                    await WriteAsync(chunk);
                }
            }
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            // Nobody listens any more; the process goes on.
        }
    }

    public async Task WriteAsync(OutputChunk chunk)
    {
        if (_framed)
        {
            byte[] header = new byte[FrameHeader];
            header[0] = chunk.IsError ? StandardError : StandardOutput;
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(sizeof(int)), chunk.Data.Length);
            await _output.WriteAsync(header, Gone);
        }

        await _output.WriteAsync(chunk.Data, Gone);
        await _output.FlushAsync(Gone);
    }

    /// <summary>Passes what the client writes on to a process, until the client leaves or nobody wants it any more.</summary>
    /// <param name="process">Where to; without one nothing is passed on, but the client's leaving is noticed.</param>
    /// <param name="cancellationToken">Nobody wants it any more.</param>
    public async Task ReadAsync(IProcessStreams? process, CancellationToken cancellationToken)
    {
        try
        {
            byte[] buffer = new byte[BufferSize];
            while (await _input.ReadAsync(buffer, cancellationToken) is > 0 and int count)
            {
                await (process?.WriteAsync(buffer.AsMemory(0, count), cancellationToken) ?? ValueTask.CompletedTask);
            }

            process?.CloseInput();
            await WatchAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The output has come to its end.
        }
        catch (IOException)
        {
            await _gone.CancelAsync();   // the connection broke
        }
    }

    public void Dispose() => _gone.Dispose();

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(LookEvery);
        while (_connection is not null && await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (!_connection.IsOpen())
            {
                await _gone.CancelAsync();
                return;
            }
        }
    }
}
