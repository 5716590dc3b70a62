using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LibNetwork.Linux;
using LibNetwork.Linux.Sockets;
using LibNetwork.ServiceDiscovery.Dns;
using LibNetwork.ServiceDiscovery.Forwarding;
using Microsoft.Extensions.Logging;

namespace LibNetwork.ServiceDiscovery.Listening;

/// <summary>A thread that serves many resolvers: it answers datagrams itself, in batches and without allocating, and hands everything slower on.</summary>
internal sealed partial class ResolverThread : IDisposable
{
    /// <summary>The longest datagram that is taken and sent, in bytes.</summary>
    public const int DatagramBytes = 4096;

    private const int Ready = 64;
    private const int AcceptedAtOnce = 16;
    private const ulong StreamBit = 1;   // of a token; the rest is the resolver's number

    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(1);

    private readonly ResolverService _service;
    private readonly SocketPoller _poller = new();
    private readonly ConcurrentDictionary<ulong, Resolver> _resolvers = new();
    private readonly DatagramBatch _batch = new(DatagramBytes);
    private readonly Responder _responder;
    private readonly Thread _thread;
    private volatile bool _ends;

    public ResolverThread(ResolverService service, int number)
    {
        _service = service;
        _responder = service.NewResponder();
        _thread = new Thread(Work) { IsBackground = true, Name = $"libnetwork dns {number}" };
        _thread.Start();
    }

    public int Count => _resolvers.Count;

    /// <summary>Serves a resolver from now on.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public void Add(Resolver resolver)
    {
        _resolvers[resolver.Number] = resolver;
        try
        {
            _poller.Add(resolver.Sockets.Datagrams.SafeHandle, resolver.Number << 1);
            _poller.Add(resolver.Sockets.Streams.SafeHandle, (resolver.Number << 1) | StreamBit);
        }
        catch
        {
            _resolvers.TryRemove(resolver.Number, out _);
            throw;
        }
    }

    /// <summary>Serves a resolver no more; its sockets, which the caller closes, are forgotten with it.</summary>
    public void Remove(Resolver resolver) => _resolvers.TryRemove(resolver.Number, out _);

    public void Dispose()
    {
        _ends = true;
        _poller.Wake();
        _thread.Join();
        _poller.Dispose();
    }

    private void Work()
    {
        Span<ulong> tokens = stackalloc ulong[Ready];
        while (!_ends)
        {
            int count = _poller.Wait(tokens);
            for (int index = 0; index < count; index++)
            {
                if (_resolvers.TryGetValue(tokens[index] >> 1, out Resolver? resolver))
                {
                    Serve(resolver, isStream: (tokens[index] & StreamBit) != 0);
                }
            }
        }
    }

    private void Serve(Resolver resolver, bool isStream)
    {
        SafeHandle handle = (isStream ? resolver.Sockets.Streams : resolver.Sockets.Datagrams).SafeHandle;
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);   // its owner may close it at any moment
            if (isStream)
            {
                Accept(resolver, handle);
            }
            else
            {
                Answer(resolver, handle);
            }
        }
        catch (ObjectDisposedException)
        {
            // The resolver was stopped meanwhile.
        }
        catch (Exception exception)
        {
            Log.Faulted(_service.Logger, exception, resolver.ContainerId);   // one resolver's trouble is not the others'
        }
        finally
        {
            if (held)
            {
                handle.DangerousRelease();
            }
        }
    }

    private void Answer(Resolver resolver, SafeHandle socket)
    {
        int count = _batch.Receive(socket), answered = 0;
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> message = _batch.Datagram(index);
            Span<byte> reply = _batch.Answer(index);
            if (_batch.IsCut(index))
            {
                _batch.SetAnswer(index, DnsErrorReply.Write(message, reply, DnsResponseCode.FormatError));
                continue;
            }

            switch (_responder.Answer(resolver.View, message, isDatagram: true, reply, out int length))
            {
                case Disposition.Answered:
                    _batch.SetAnswer(index, length);
                    answered++;
                    _service.Watch(resolver, message, reply[..length]);
                    break;
                case Disposition.Forwarded when resolver.Forwarder.TryEnter():
                    ThreadPool.UnsafeQueueUserWorkItem(
                        new ForwardedDatagram(_service, resolver, message.ToArray(), _batch.Sender(index).ToArray()), preferLocal: false);
                    break;
                case Disposition.Forwarded:
                    length = ResolverService.Write(ForwardedAnswer.TooMany, message, reply);
                    _batch.SetAnswer(index, length);
                    _service.Report(resolver, message, reply[..length], ForwardedAnswer.TooMany, _service.Time.GetTimestamp());
                    break;
            }
        }

        _batch.Send(socket);
        _service.CountLocal(answered);
    }

    private void Accept(Resolver resolver, SafeHandle listener)
    {
        try
        {
            for (int taken = 0; taken < AcceptedAtOnce && SocketPoller.Accept(listener) is { } stream; taken++)
            {
                StreamConversation conversation = new(resolver, _service, stream);
                ThreadPool.UnsafeQueueUserWorkItem(static conversation => _ = conversation.RunAsync(), conversation, preferLocal: false);
            }
        }
        catch (KernelException refused)
        {
            // Too many files are open. The connection goes on waiting, so the thread must look away for a while.
            Log.Paused(_service.Logger, refused, resolver.ContainerId);
            _poller.Remove(listener);
            _ = ResumeAsync(resolver);
        }
    }

    private async Task ResumeAsync(Resolver resolver)
    {
        await Task.Delay(Recovery, _service.Time).ConfigureAwait(false);
        try
        {
            _poller.Add(resolver.Sockets.Streams.SafeHandle, (resolver.Number << 1) | StreamBit);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or KernelException)
        {
            Log.Faulted(_service.Logger, exception, resolver.ContainerId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ResolverFaulted, LogLevel.Error, "The resolver of container {ContainerId} failed at some questions.", EventName = nameof(Faulted))]
        public static partial void Faulted(ILogger logger, Exception exception, string? containerId);

        [LoggerMessage(EventIds.StreamsPaused, LogLevel.Warning, "The resolver of container {ContainerId} takes no stream for a second.", EventName = nameof(Paused))]
        public static partial void Paused(ILogger logger, Exception exception, string? containerId);
    }
}
