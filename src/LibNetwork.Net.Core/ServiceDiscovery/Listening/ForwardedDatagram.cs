using System.Buffers;
using LibNetwork.Linux.Sockets;
using LibNetwork.ServiceDiscovery.Dns;
using LibNetwork.ServiceDiscovery.Forwarding;
using Microsoft.Extensions.Logging;

namespace LibNetwork.ServiceDiscovery.Listening;

/// <summary>A datagram whose question has to be asked outside, and its answer to the client.</summary>
internal sealed partial class ForwardedDatagram(ResolverService service, Resolver resolver, byte[] message, byte[] sender) : IThreadPoolWorkItem
{
    public void Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        long asked = service.Time.GetTimestamp();
        byte[]? reply = null;
        try
        {
            ForwardedAnswer answer = await resolver.Forwarder.AskAsync(new Question(message, isStream: false)).ConfigureAwait(false);
            answer = await service.Admission.AdmitAsync(resolver, message, answer).ConfigureAwait(false);
            reply = ArrayPool<byte>.Shared.Rent(Math.Max(answer.Reply?.Length ?? 0, DnsWire.MinDatagramBytes));
            int length = ResolverService.Write(answer, message, reply);
            DatagramBatch.Send(resolver.Sockets.Datagrams.SafeHandle, reply.AsSpan(0, length), sender);
            service.Report(resolver, message, reply.AsSpan(0, length), answer, asked);
        }
        catch (Exception exception)
        {
            Log.Failed(service.Logger, exception, resolver.ContainerId);   // nobody awaits this task
        }
        finally
        {
            if (reply is not null)
            {
                ArrayPool<byte>.Shared.Return(reply);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.DatagramFailed, LogLevel.Error, "An answer to container {ContainerId} could not be sent.", EventName = nameof(Failed))]
        public static partial void Failed(ILogger logger, Exception exception, string? containerId);
    }
}
