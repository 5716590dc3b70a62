using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using LibNetwork.ServiceDiscovery.Dns;
using LibNetwork.ServiceDiscovery.Forwarding;

namespace LibNetwork.ServiceDiscovery.Listening;

/// <summary>Serves one stream (TCP): message after message, each with its length before it, until the client is silent for too long.</summary>
internal sealed class StreamConversation(Resolver resolver, ResolverService service, Socket stream)
{
    private const int LengthBytes = 2;

    private readonly Responder _responder = service.NewResponder();

    /// <summary>Runs to the end; it does not throw.</summary>
    public async Task RunAsync()
    {
        if (resolver.Streams.Add(stream) is not { } place)
        {
            return;
        }

        byte[] request = ArrayPool<byte>.Shared.Rent(DnsWire.MinDatagramBytes);
        try
        {
            while (true)
            {
                // One deadline for a whole message: whoever sends a byte a second gets no further than whoever sends nothing.
                using CancellationTokenSource patience = new(service.Options.StreamPatience);
                if (!await FillAsync(request.AsMemory(0, LengthBytes), patience.Token).ConfigureAwait(false))
                {
                    return;
                }

                int length = BinaryPrimitives.ReadUInt16BigEndian(request);
                if (request.Length < length)
                {
                    ArrayPool<byte>.Shared.Return(request);
                    request = ArrayPool<byte>.Shared.Rent(length);
                }

                if (!await FillAsync(request.AsMemory(0, length), patience.Token).ConfigureAwait(false)
                    || !await AnswerAsync(request.AsMemory(0, length)).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone or was too slow, or the resolver is: there is nobody to tell.
        }
        finally
        {
            resolver.Streams.Remove(place);
            stream.Dispose();
            ArrayPool<byte>.Shared.Return(request);
        }
    }

    private async ValueTask<bool> FillAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        while (target.Length > 0)
        {
            int received = await stream.ReceiveAsync(target, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            if (received == 0)
            {
                return false;
            }

            target = target[received..];
        }

        return true;
    }

    private async ValueTask<bool> AnswerAsync(ReadOnlyMemory<byte> message)
    {
        byte[] reply = ArrayPool<byte>.Shared.Rent(LengthBytes + DnsWire.MaxMessageBytes);
        try
        {
            int length;
            switch (_responder.Answer(resolver.View, message.Span, isDatagram: false, reply.AsSpan(LengthBytes, DnsWire.MaxMessageBytes), out length))
            {
                case Disposition.Dropped:
                    return false;
                case Disposition.Answered:
                    service.Report(resolver, message.Span, reply.AsSpan(LengthBytes, length), forwarded: null, asked: 0);
                    break;
                case Disposition.Forwarded:
                    length = await ForwardAsync(message, reply.AsMemory(LengthBytes)).ConfigureAwait(false);
                    break;
            }

            BinaryPrimitives.WriteUInt16BigEndian(reply, (ushort)length);
            using CancellationTokenSource patience = new(service.Options.StreamPatience);
            ReadOnlyMemory<byte> rest = reply.AsMemory(0, LengthBytes + length);
            while (rest.Length > 0)
            {
                rest = rest[await stream.SendAsync(rest, SocketFlags.None, patience.Token).ConfigureAwait(false)..];
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(reply);
        }
    }

    private async ValueTask<int> ForwardAsync(ReadOnlyMemory<byte> message, Memory<byte> reply)
    {
        long asked = service.Time.GetTimestamp();
        ForwardedAnswer answer = resolver.Forwarder.TryEnter()
            ? await resolver.Forwarder.AskAsync(new Question(message.ToArray(), isStream: true)).ConfigureAwait(false)
            : ForwardedAnswer.TooMany;
        answer = await service.Admission.AdmitAsync(resolver, message.Span, answer).ConfigureAwait(false);
        int length = ResolverService.Write(answer, message.Span, reply.Span);
        service.Report(resolver, message.Span, reply.Span[..length], answer, asked);
        return length;
    }
}
