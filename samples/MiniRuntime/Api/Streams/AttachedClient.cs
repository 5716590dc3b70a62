using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
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

    private readonly Stream _input;
    private readonly Stream _output;
    private readonly Socket? _socket;
    private readonly bool _framed;
    private readonly CancellationTokenSource _gone;

    private AttachedClient(HttpContext context, Stream input, Stream output, bool framed)
    {
        _input = input;
        _output = output;
        _framed = framed;
        _socket = context.Features.Get<IConnectionSocketFeature>()?.Socket;
        _gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
    }

    /// <summary>Cancelled when the client has left.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Answers a request by making a stream of its connection; a client that asks for no upgrade gets a plain answer.</summary>
    /// <param name="framed">Whether standard output and standard error are told apart, each piece behind a header.</param>
    public static async Task<AttachedClient> AcceptAsync(HttpContext context, bool framed)
    {
        context.Response.ContentType = framed ? "application/vnd.docker.multiplexed-stream" : "application/vnd.docker.raw-stream";
        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
        {
            HalfClose.Of(context.Features)?.IsAllowed = true;
            context.Response.Headers.Upgrade = "tcp";
            Stream both = await upgrade.UpgradeAsync();
            return new AttachedClient(context, both, both, framed);
        }

        await context.Response.Body.FlushAsync(context.RequestAborted);
        return new AttachedClient(context, context.Request.Body, context.Response.Body, framed);
    }

    /// <summary>Passes on all output, to its end.</summary>
    public async Task WriteAsync(IAsyncEnumerable<OutputChunk> output, bool standardOutput, bool standardError)
    {
        await foreach (OutputChunk chunk in output.WithCancellation(Gone))
        {
            if (chunk.IsError ? standardError : standardOutput)
            {
                await WriteAsync(chunk);
            }
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
                process = await PassOnAsync(process, buffer.AsMemory(0, count), cancellationToken) ? process : null;
            }

            process?.CloseInput();
            await WatchAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The output has come to its end.
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await _gone.CancelAsync();
        }
    }

    private static async Task<bool> PassOnAsync(IProcessStreams? process, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            await (process?.WriteAsync(data, cancellationToken) ?? ValueTask.CompletedTask);
            return true;
        }
        catch (IOException)
        {
            return false;   // the process has closed its input, and may go on without
        }
    }

    public void Dispose() => _gone.Dispose();

    // Who has said that he writes no more may read on or have left, which only sending shows: nothing is enough.
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(LookEvery);
        while (_socket is not null && await timer.WaitForNextTickAsync(cancellationToken))
        {
            _socket.Send(ReadOnlySpan<byte>.Empty, SocketFlags.None);
        }
    }
}
