using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace LibNetwork.Linux.Netlink;

/// <summary>Requests that travel to the kernel in one send. Reused from one send to the next; not thread safe.</summary>
public sealed class NetlinkBatch
{
    private const int InitialCapacity = 8 * 1024;

    /// <summary>Room that every message finds at its start; larger ones ask for more in <see cref="Begin"/>.</summary>
    private const int RoomPerMessage = 4 * 1024;

    private readonly List<Entry> _entries = [];
    private byte[] _buffer = new byte[InitialCapacity];
    private int _length;
    private uint _sequence;
    private Entry _begun;

    /// <summary>How many messages wait to be sent.</summary>
    public int Count => _entries.Count;

    /// <summary>Names the object of a request that failed, given its bytes and its subject; by default the subject does.</summary>
    internal NetlinkSubjectDescriber? DescribeSubject { get; set; }

    internal ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    internal ReadOnlySpan<Entry> Entries => CollectionsMarshal.AsSpan(_entries);

    /// <summary>Starts a message; finish it with <see cref="End"/> before the next.</summary>
    /// <param name="type">The message type.</param>
    /// <param name="flags">Flags beside <see cref="NetlinkFlags.Request"/>, which is always set.</param>
    /// <param name="operation">What is asked, for errors: <c>create link</c>.</param>
    /// <param name="subject">What it is asked of, for errors: the interface's name.</param>
    /// <param name="toleratedErrno">An error that counts as success, for example <see cref="LinuxErrno.ENODEV"/> when deleting; 0 for none.</param>
    /// <param name="room">The most bytes that the message will need.</param>
    public NetlinkMessageWriter Begin(
        ushort type, NetlinkFlags flags, string operation, string subject, int toleratedErrno = 0, int room = RoomPerMessage)
        => BeginAbout(type, flags, operation, subject, link: 0, toleratedErrno, room);

    /// <summary>Starts a message about something that is put into words only when an error or an observer needs them.</summary>
    /// <param name="type">The message type.</param>
    /// <param name="flags">Flags beside <see cref="NetlinkFlags.Request"/>, which is always set.</param>
    /// <param name="operation">What is asked, for errors.</param>
    /// <param name="subject">What it is asked of: an immutable object whose text names it, or <see langword="null"/> for the link itself.</param>
    /// <param name="link">The index of the link that it is about; 0 for none.</param>
    /// <param name="toleratedErrno">An error that counts as success; 0 for none.</param>
    /// <param name="room">The most bytes that the message will need.</param>
    /// <param name="detail">What is to become of it: an immutable object whose text says so, for observers.</param>
    internal NetlinkMessageWriter BeginAbout(
        ushort type, NetlinkFlags flags, string operation, object? subject, int link, int toleratedErrno = 0, int room = RoomPerMessage, object? detail = null)
    {
        if (_buffer.Length - _length < room)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + room));
        }

        // The message counts only from its end on: one that is given up half way leaves no trace.
        uint sequence = _sequence + 1;
        _begun = new Entry(sequence, _length, 0, operation, subject, link, toleratedErrno, detail);
        return new NetlinkMessageWriter(_buffer.AsSpan(_length, room), type, flags | NetlinkFlags.Request, sequence);
    }

    /// <summary>Ends the message that <see cref="Begin"/> started.</summary>
    public void End(ref NetlinkMessageWriter writer)
    {
        int length = (writer.Complete().Length + 3) & ~3;
        _entries.Add(_begun with { Length = length });
        _sequence = _begun.Sequence;
        _length += length;
    }

    /// <summary>Forgets all messages.</summary>
    public void Clear()
    {
        _entries.Clear();
        _length = 0;
    }

    /// <summary>Forgets all messages and leaves nothing of their bytes: one had a secret.</summary>
    internal void Wipe()
    {
        Clear();
        CryptographicOperations.ZeroMemory(_buffer);
    }

    /// <summary>Names the object of one message, for an error.</summary>
    internal string SubjectOf(in Entry entry)
        => DescribeSubject?.Invoke(_buffer.AsSpan(entry.Offset, entry.Length), entry.Subject) ?? entry.Subject;

    /// <summary>Asks for an acknowledgement of one message.</summary>
    internal void RequestAck(int index)
    {
        Span<byte> flags = _buffer.AsSpan(_entries[index].Offset + 6, sizeof(ushort));
        MemoryMarshal.Write(flags, (ushort)(MemoryMarshal.Read<ushort>(flags) | (ushort)NetlinkFlags.Ack));
    }

    /// <summary>Takes one message out, as if it had never been written.</summary>
    internal void Remove(int index)
    {
        Entry removed = _entries[index];
        _entries.RemoveAt(index);
        int end = removed.Offset + removed.Length;
        Buffer.BlockCopy(_buffer, end, _buffer, removed.Offset, _length - end);
        _length -= removed.Length;
        Span<Entry> entries = CollectionsMarshal.AsSpan(_entries);
        for (int i = index; i < entries.Length; i++)
        {
            entries[i] = entries[i] with { Offset = entries[i].Offset - removed.Length };
        }
    }

    internal readonly record struct Entry(
        uint Sequence, int Offset, int Length, string Operation, object? About, int Link, int ToleratedErrno, object? Detail)
    {
        public string Subject => (About, Link) switch
        {
            (null, _) => $"link {Link}",
            (_, 0) => About.ToString() ?? string.Empty,
            _ => $"{About} on link {Link}",
        };
    }
}
