using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace LibNetwork.Publishing.Relay;

/// <summary>Carries bytes between two connected sockets, both ways, until both ways have ended.</summary>
internal static class Splice
{
    private const int ReadAtLeast = 16 * 1024;
    private const int PauseAt = 256 * 1024;   // what one direction holds at most when its receiver is slow
    private const int ResumeAt = 128 * 1024;

    private static readonly PipeOptions Options = new(pauseWriterThreshold: PauseAt, resumeWriterThreshold: ResumeAt, useSynchronizationContext: false);

    /// <summary>
    /// Runs to the end. When one side has nothing more to send, the other hears so and may go on sending. When a side breaks, the other is
    /// reset, so that nobody takes half for the whole.
    /// </summary>
    /// <exception cref="SocketException">A side broke.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; both sides are reset.</exception>
    public static async Task RunAsync(Socket one, Socket other, CancellationToken cancellationToken)
    {
        using CancellationTokenSource broken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await Task.WhenAll(CarryAsync(one, other, broken), CarryAsync(other, one, broken)).ConfigureAwait(false);
        }
        catch
        {
            Reset(one);
            Reset(other);
            throw;
        }
    }

    private static async Task CarryAsync(Socket from, Socket to, CancellationTokenSource broken)
    {
        Pipe pipe = new(Options);
        try
        {
            await Task.WhenAll(FillAsync(from, pipe.Writer, broken), DrainAsync(pipe.Reader, to, broken)).ConfigureAwait(false);
        }
        catch
        {
            await broken.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task FillAsync(Socket from, PipeWriter writer, CancellationTokenSource broken)
    {
        Exception? failure = null;
        try
        {
            while (true)
            {
                int received = await from.ReceiveAsync(writer.GetMemory(ReadAtLeast), SocketFlags.None, broken.Token).ConfigureAwait(false);
                if (received == 0)
                {
                    break;
                }

                writer.Advance(received);
                if ((await writer.FlushAsync(broken.Token).ConfigureAwait(false)).IsCompleted)
                {
                    break;   // the receiver is gone, and says so itself
                }
            }
        }
        catch (Exception exception)
        {
            failure = exception;
            await broken.CancelAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            await writer.CompleteAsync(failure).ConfigureAwait(false);
        }
    }

    private static async Task DrainAsync(PipeReader reader, Socket to, CancellationTokenSource broken)
    {
        Exception? failure = null;
        try
        {
            while (true)
            {
                ReadResult result = await reader.ReadAsync(broken.Token).ConfigureAwait(false);
                foreach (ReadOnlyMemory<byte> part in result.Buffer)
                {
                    ReadOnlyMemory<byte> rest = part;
                    while (rest.Length > 0)
                    {
                        int sent = await to.SendAsync(rest, SocketFlags.None, broken.Token).ConfigureAwait(false);
                        rest = rest[sent..];
                    }
                }

                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    break;
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception)
        {
            failure = exception;
            await broken.CancelAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            await reader.CompleteAsync(failure).ConfigureAwait(false);
        }
    }

    /// <summary>Makes the socket's end a reset for its peer.</summary>
    public static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is reset or closed already.
        }
    }
}
