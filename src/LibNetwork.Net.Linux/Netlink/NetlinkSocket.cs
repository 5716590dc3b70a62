using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LibNetwork.Linux.Netlink;

/// <summary>A netlink socket of one namespace for requests and their answers. Used by one thread at a time.</summary>
/// <remarks>
/// The kernel does the whole of a request inside <c>send</c>, so answers wait when it returns and nothing here blocks,
/// except for dumps, which the kernel produces while they are read.
/// </remarks>
public sealed class NetlinkSocket : IDisposable
{
    private const ushort MessageError = 2;   // NLMSG_ERROR
    private const ushort MessageDone = 3;   // NLMSG_DONE
    private const int ErrorHeaderSize = 20;   // struct nlmsgerr: the error and the request's header
    private const ushort AckAttributeText = 1;   // NLMSGERR_ATTR_MSG
    private const int MaxDumpAttempts = 16;
    private const int MaxCommitAttempts = 16;

    private readonly INetlinkEndpoint _endpoint;
    private readonly byte[] _receiveBuffer;
    private readonly IKernelObserver? _observer;
    private readonly string? _namespacePath;

    internal NetlinkSocket(INetlinkEndpoint endpoint, NetlinkProtocol protocol, byte[] receiveBuffer, IKernelObserver? observer, string? namespacePath)
    {
        _namespacePath = namespacePath;
        _endpoint = endpoint;
        Protocol = protocol;
        _receiveBuffer = receiveBuffer;
        _observer = observer;
    }

    /// <summary>The kernel subsystem that answers.</summary>
    public NetlinkProtocol Protocol { get; }

    /// <summary>The socket's port number, by which notifications name who made a change.</summary>
    public uint Port => _endpoint.Port;

    /// <summary>Sends requests that stand alone and waits for the last; the batch is empty afterwards.</summary>
    /// <remarks>The kernel carries out the messages behind a failed one all the same; the caller undoes what it must.</remarks>
    /// <exception cref="KernelException">The first of the requests that failed.</exception>
    public void Execute(NetlinkBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        try
        {
            KernelException? refused = Observe(batch);
            if (batch.Count > 0)
            {
                batch.RequestAck(batch.Count - 1);
                Send(batch);
                refused = Earlier(refused, ReadAcks<object>(batch, batch.Entries[^1].Sequence, parser: null, found: null));
            }

            if (refused is not null)
            {
                throw refused;
            }
        }
        finally
        {
            batch.Clear();
        }
    }

    /// <summary>Sends requests that the kernel takes all or none of (an nfnetlink batch); the batch is empty afterwards.</summary>
    /// <param name="batch">The messages between and including the begin and end markers, the last but one being the last request.</param>
    /// <exception cref="KernelException">The first of the requests that failed; none has any effect.</exception>
    public void ExecuteAtomic(NetlinkBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        try
        {
            int before = batch.Count;
            KernelException? refused = Observe(batch);
            if (batch.Count < before)
            {
                throw refused!;   // Observe takes a message out only together with its exception
            }

            // The kernel does not acknowledge the end marker, so the last request stands for the whole. A refusal of the batch as such
            // (no capability, no memory, a change that cannot be committed) names the begin marker and comes before that acknowledgement,
            // or in its stead.
            batch.RequestAck(batch.Count - 2);
            uint awaited = batch.Entries[^2].Sequence;
            for (int attempt = 1; ; attempt++)
            {
                Send(batch);
                refused = ReadAcks<object>(batch, awaited, parser: null, found: null);
                if (refused is null)
                {
                    return;
                }

                // Another program's change came in between, and nothing of ours has happened.
                bool isConflict = refused.Errno is LinuxErrno.EAGAIN or LinuxErrno.EINTR or LinuxErrno.ERESTART;
                if (!isConflict || attempt == MaxCommitAttempts)
                {
                    throw refused;
                }
            }
        }
        finally
        {
            batch.Clear();
        }
    }

    /// <summary>Sends one request and returns the object that answers it, or <see langword="null"/> when the parser takes none.</summary>
    /// <exception cref="KernelException">The request failed.</exception>
    public T? Query<T>(NetlinkBatch batch, NetlinkMessageParser<T> parser)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(batch);
        List<T> found = [];
        try
        {
            KernelException? refused = Observe(batch);
            if (refused is null)
            {
                batch.RequestAck(batch.Count - 1);
                Send(batch);
                refused = ReadAcks(batch, batch.Entries[^1].Sequence, parser, found);
            }

            return refused is null ? found.FirstOrDefault() : throw refused;
        }
        finally
        {
            batch.Clear();
        }
    }

    /// <summary>Reads a whole table. A dump that changed while it was read, or that overran the socket, is read again.</summary>
    /// <param name="batch">One request with <see cref="NetlinkFlags.Dump"/>.</param>
    /// <param name="parser">Reads one entry.</param>
    /// <exception cref="KernelException">The request failed, or the table would not hold still.</exception>
    public IReadOnlyList<T> Dump<T>(NetlinkBatch batch, NetlinkMessageParser<T> parser)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(parser);
        try
        {
            if (Observe(batch) is { } refused)
            {
                throw refused;
            }

            NetlinkBatch.Entry request = batch.Entries[0];
            for (int attempt = 0; attempt < MaxDumpAttempts; attempt++)
            {
                List<T> found = [];
                Send(batch);
                if (ReadDump(request, parser, found))
                {
                    return found;
                }
            }

            throw new KernelException(request.Operation, request.Subject, LinuxErrno.EAGAIN, "the table changed each time that it was read");
        }
        finally
        {
            batch.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _endpoint.Dispose();

    private static KernelException? Earlier(KernelException? first, KernelException? second) => first ?? second;

    private KernelException? Observe(NetlinkBatch batch)
    {
        if (_observer is null)
        {
            return null;
        }

        KernelException? refused = null;
        for (int i = 0; i < batch.Count; i++)
        {
            NetlinkBatch.Entry entry = batch.Entries[i];
            try
            {
                _observer.OnRequest(Describe(batch, entry, _observer.WantsDetails));
            }
            catch (KernelException exception)
            {
                refused ??= exception;
                batch.Remove(i--);
            }
        }

        return refused;
    }

    private KernelRequest Describe(NetlinkBatch batch, in NetlinkBatch.Entry entry, bool withDetails)
    {
        NetlinkMessageReader reader = new(batch.Bytes.Slice(entry.Offset, entry.Length));
        reader.TryRead(out NetlinkMessage message);   // it was just written
        KernelRequest request = new(entry.Operation, withDetails ? batch.SubjectOf(entry) : entry.Subject)
        {
            IsChange = NetlinkRequestDetails.IsChange(Protocol, message),
            Link = entry.Link,
            NamespacePath = _namespacePath,
        };
        return withDetails ? request with { Details = entry.Detail?.ToString() ?? NetlinkRequestDetails.Of(Protocol, message) } : request;
    }

    private void Send(NetlinkBatch batch)
    {
        int errno = _endpoint.Send(batch.Bytes);
        if (errno != 0)
        {
            NetlinkBatch.Entry entry = batch.Entries[0];
            throw new KernelException(entry.Operation, entry.Subject, errno);
        }
    }

    /// <summary>Reads until the message of number <paramref name="awaited"/> has answered, and returns the first refusal.</summary>
    private KernelException? ReadAcks<T>(NetlinkBatch batch, uint awaited, NetlinkMessageParser<T>? parser, List<T>? found)
        where T : class
    {
        uint first = batch.Entries[0].Sequence;
        uint last = batch.Entries[^1].Sequence;
        KernelException? refused = null;
        uint refusedSequence = uint.MaxValue;

        while (true)
        {
            int length = _endpoint.Receive(_receiveBuffer, wait: false, out int errno);
            if (length < 0)
            {
                if (errno == LinuxErrno.ENOBUFS)
                {
                    continue;   // more answers than the socket holds; the first are there, and the first refusal is what counts
                }

                // Everything the kernel had to say is queued by now; silence after a refusal is how nfnetlink ends an aborted batch.
                NetlinkBatch.Entry entry = batch.Entries[^1];
                return errno == LinuxErrno.EAGAIN && refused is not null
                    ? refused
                    : new KernelException(entry.Operation, batch.SubjectOf(entry), errno, "the kernel's answer was lost");
            }

            NetlinkMessageReader reader = new(_receiveBuffer.AsSpan(0, length));
            while (reader.TryRead(out NetlinkMessage message))
            {
                if (message.Sequence < first || message.Sequence > last)
                {
                    continue;   // a late answer to an earlier request
                }

                if (message.Type != MessageError)
                {
                    if (parser is not null && found is not null && parser(message) is { } item)
                    {
                        found.Add(item);
                    }

                    continue;
                }

                int error = ReadError(message, out string? text);
                if (error != 0 && message.Sequence < refusedSequence && Describe(batch, message.Sequence, error, text) is { } exception)
                {
                    refused = exception;
                    refusedSequence = message.Sequence;
                }

                if (message.Sequence == awaited)
                {
                    return refused;
                }
            }
        }
    }

    private bool ReadDump<T>(NetlinkBatch.Entry request, NetlinkMessageParser<T> parser, List<T> found)
        where T : class
    {
        bool consistent = true;
        while (true)
        {
            int length = _endpoint.Receive(_receiveBuffer, wait: true, out int errno);
            if (length < 0)
            {
                if (errno == LinuxErrno.ENOBUFS)
                {
                    consistent = false;   // messages were lost; drain to the end, then read again
                    continue;
                }

                throw new KernelException(request.Operation, request.Subject, errno);
            }

            NetlinkMessageReader reader = new(_receiveBuffer.AsSpan(0, length));
            while (reader.TryRead(out NetlinkMessage message))
            {
                if (message.Sequence != request.Sequence)
                {
                    continue;
                }

                consistent &= (message.Flags & NetlinkFlags.DumpInterrupted) == 0;
                if (message.Type == MessageDone)
                {
                    // The payload is the dump's own result; a negative one is an error.
                    int result = message.Payload.Length >= 4 ? MemoryMarshal.Read<int>(message.Payload) : 0;
                    return result >= 0 ? consistent : throw new KernelException(request.Operation, request.Subject, -result);
                }

                if (message.Type == MessageError)
                {
                    int error = ReadError(message, out string? text);
                    throw new KernelException(request.Operation, request.Subject, error, text);
                }

                if (parser(message) is { } item)
                {
                    found.Add(item);
                }
            }
        }
    }

    private static KernelException? Describe(NetlinkBatch batch, uint sequence, int error, string? text)
    {
        foreach (NetlinkBatch.Entry entry in batch.Entries)
        {
            if (entry.Sequence == sequence)
            {
                return error == entry.ToleratedErrno ? null : new KernelException(entry.Operation, batch.SubjectOf(entry), error, text);
            }
        }

        return null;
    }

    private static int ReadError(in NetlinkMessage message, out string? text)
    {
        text = null;
        if (message.Payload.Length < ErrorHeaderSize)
        {
            ThrowHelper.ThrowMalformed($"an acknowledgement has {message.Payload.Length} bytes");
        }

        int error = -MemoryMarshal.Read<int>(message.Payload);
        if ((message.Flags & NetlinkFlags.AckAttributes) == 0)
        {
            return error;
        }

        int offset = ErrorHeaderSize;
        if ((message.Flags & NetlinkFlags.Capped) == 0)
        {
            // The request is quoted whole: its attributes follow behind it.
            uint quoted = MemoryMarshal.Read<uint>(message.Payload[4..]);
            offset = (int)Math.Min((quoted - NetlinkMessageWriter.HeaderSize + 3) & ~3u, (uint)message.Payload.Length) + ErrorHeaderSize;
        }

        if (offset < message.Payload.Length)
        {
            NetlinkAttributeReader attributes = new(message.Payload[offset..]);
            while (attributes.TryRead(out NetlinkAttribute attribute))
            {
                if (attribute.Type == AckAttributeText)
                {
                    text = attribute.AsString();
                }
            }
        }

        return error;
    }
}
