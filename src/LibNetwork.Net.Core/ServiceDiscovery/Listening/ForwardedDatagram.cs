using System.Buffers;
using LibNetwork.Linux.Sockets;
using LibNetwork.ServiceDiscovery.Dns;
using LibNetwork.ServiceDiscovery.Forwarding;

namespace LibNetwork.ServiceDiscovery.Listening;

/// <summary>A datagram whose question has to be asked outside, and its answer to the client.</summary>
internal sealed class ForwardedDatagram(ResolverService service, Resolver resolver, byte[] message, byte[] sender) : IThreadPoolWorkItem
{
    public void Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        long asked = service.Time.GetTimestamp();
        ForwardedAnswer answer = await resolver.Forwarder.AskAsync(new Question(message, isStream: false)).ConfigureAwait(false);
        byte[] reply = ArrayPool<byte>.Shared.Rent(Math.Max(answer.Reply?.Length ?? 0, DnsWire.MinDatagramBytes));
        int length = ResolverService.Write(answer, message, reply);
        DatagramBatch.Send(resolver.Sockets.Datagrams.SafeHandle, reply.AsSpan(0, length), sender);
        service.Report(resolver, message, reply.AsSpan(0, length), answer, asked);
        ArrayPool<byte>.Shared.Return(reply);
    }
}
