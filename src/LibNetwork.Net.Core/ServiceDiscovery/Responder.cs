using LibNetwork.ServiceDiscovery.Dns;
using LibNetwork.ServiceDiscovery.Names;

namespace LibNetwork.ServiceDiscovery;

/// <summary>Answers questions from a view of names: no sockets, no locks, no allocation. One for each thread.</summary>
/// <param name="timeToLive">What records say, in seconds.</param>
/// <param name="ownBytes">The datagram that the listener takes, in bytes.</param>
internal sealed class Responder(uint timeToLive, ushort ownBytes)
{
    private readonly byte[] _name = new byte[DnsWire.MaxNameBytes];
    private uint _chance = (uint)Random.Shared.Next(1, int.MaxValue);

    /// <summary>How the last answered question was answered.</summary>
    public DnsResponseCode Code { get; private set; }

    /// <summary>Answers one message.</summary>
    /// <param name="view">What the client may know.</param>
    /// <param name="message">What it sent.</param>
    /// <param name="isDatagram">Whether the answer goes into one datagram, as big as the client says.</param>
    /// <param name="reply">At least 512 bytes for a datagram, 65535 otherwise.</param>
    /// <param name="length">The bytes written.</param>
    public Disposition Answer(SandboxView view, ReadOnlySpan<byte> message, bool isDatagram, Span<byte> reply, out int length)
    {
        length = 0;
        DnsQueryStatus status = DnsQuery.Read(message, out DnsQuery query);
        switch (status)
        {
            case DnsQueryStatus.Ignored:
                return Disposition.Dropped;
            case DnsQueryStatus.Malformed:
                length = DnsErrorReply.Write(message, reply, Code = DnsResponseCode.FormatError);
                return Disposition.Answered;
            case DnsQueryStatus.NotImplemented:
                length = DnsErrorReply.Write(message, reply, Code = DnsResponseCode.NotImplemented);
                return Disposition.Answered;
        }

        DnsReplyWriter writer = new(reply, isDatagram ? query.ClientBytes : DnsWire.MaxMessageBytes, query);
        DnsResponseCode? code = status == DnsQueryStatus.BadVersion ? DnsResponseCode.BadVersion
            : query.Class is DnsWire.ClassInternet or DnsWire.ClassAny ? Answer(view, query, ref writer)
            : DnsResponseCode.Refused;
        if (code is not { } known)
        {
            return Disposition.Forwarded;
        }

        length = writer.Complete(Code = known, recursionAvailable: true, ownBytes);
        return Disposition.Answered;
    }

    /// <summary>Answers a question without records: when it cannot be forwarded, or nobody knew.</summary>
    /// <param name="message">A message that was to be forwarded.</param>
    /// <param name="code">The answer.</param>
    /// <param name="recursionAvailable">Whether the client may ask for names of outside at all.</param>
    /// <param name="ownBytes">The datagram that the listener takes, in bytes.</param>
    /// <param name="reply">At least 512 bytes.</param>
    /// <returns>The bytes written.</returns>
    public static int Refuse(ReadOnlySpan<byte> message, DnsResponseCode code, bool recursionAvailable, ushort ownBytes, Span<byte> reply)
    {
        DnsQuery.Read(message, out DnsQuery query);
        return new DnsReplyWriter(reply, DnsWire.MinDatagramBytes, query).Complete(code, recursionAvailable, ownBytes);
    }

    /// <returns>How it is answered; <see langword="null"/> when it is to be forwarded.</returns>
    private DnsResponseCode? Answer(SandboxView view, in DnsQuery query, ref DnsReplyWriter writer)
    {
        ReadOnlySpan<byte> labels = query.Labels;
        DnsNameReader.Lower(labels, _name);
        DnsRecordType type = query.Type;
        if (view.Find(_name, labels.Length) is { } entry)
        {
            AddAddresses(entry, type, ref writer);
            return DnsResponseCode.Success;
        }

        if (type is DnsRecordType.Ptr or DnsRecordType.Any
            && DnsNameReader.TryReadReverse(_name.AsSpan(0, labels.Length), out UInt128 address) && view.FindPointer(address) is { } name)
        {
            writer.AddPointer(name.Labels, timeToLive);
            return DnsResponseCode.Success;
        }

        if (labels.Length > 0 && labels[1] == '_' && view.FindService(_name, labels.Length) is { } service)
        {
            if (type is DnsRecordType.Srv or DnsRecordType.Any)
            {
                AddPlaces(service, ref writer);
            }

            return DnsResponseCode.Success;
        }

        return view.KeepsUndotted && type is DnsRecordType.A or DnsRecordType.Aaaa && labels.Length > 0 && labels.Length == 1 + labels[0]
            ? DnsResponseCode.Success
            : null;
    }

    private void AddAddresses(NameEntry entry, DnsRecordType type, ref DnsReplyWriter writer)
    {
        if (type is DnsRecordType.A or DnsRecordType.Any)
        {
            AddAddresses(entry.IPv4, size: 4, ref writer);
        }

        if (type is DnsRecordType.Aaaa or DnsRecordType.Any)
        {
            AddAddresses(entry.IPv6, size: 16, ref writer);
        }
    }

    private void AddAddresses(byte[] addresses, int size, ref DnsReplyWriter writer)
    {
        int count = addresses.Length / size;
        int first = count > 1 ? Next(count) : 0;
        for (int index = 0; index < count; index++)
        {
            int place = first + index < count ? first + index : first + index - count;
            if (!writer.AddAddress(addresses.AsSpan(place * size, size), timeToLive))
            {
                return;
            }
        }
    }

    private void AddPlaces(ServiceEntry service, ref DnsReplyWriter writer)
    {
        const int Most = 64;
        Span<int> targets = stackalloc int[Most];
        int count = Math.Min(service.Places.Length, Most), first = count > 1 ? Next(count) : 0;
        for (int index = 0; index < count; index++)
        {
            ServiceEntry.Place place = service.Places[(first + index) % count];
            targets[index] = writer.AddService(place.Target.Labels, place.Port, timeToLive);
            if (targets[index] < 0)
            {
                return;
            }
        }

        for (int index = 0; index < count; index++)
        {
            ServiceEntry.Place place = service.Places[(first + index) % count];
            foreach (byte[]? address in (ReadOnlySpan<byte[]?>)[place.IPv4, place.IPv6])
            {
                if (address is not null)
                {
                    writer.AddAdditionalAddress(targets[index], address, timeToLive);
                }
            }
        }
    }

    /// <summary>The next of a sequence that spreads well (xorshift); clients only need to be spread.</summary>
    private int Next(int bound)
    {
        _chance ^= _chance << 13;
        _chance ^= _chance >> 17;
        _chance ^= _chance << 5;
        return (int)(((ulong)_chance * (uint)bound) >> 32);
    }
}
