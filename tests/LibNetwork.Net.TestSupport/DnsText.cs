using System.Buffers.Binary;
using System.Net;
using LibNetwork.ServiceDiscovery;

namespace LibNetwork.TestSupport;

/// <summary>Writes questions and reads answers, independently of the library's own code.</summary>
public static class DnsText
{
    public static byte[] Query(string name, DnsRecordType type, ushort id = 0x1234, int? edns = null, ushort flags = 0x0100, ushort queryClass = 1)
    {
        List<byte> message = [];
        Add(message, id);
        Add(message, flags);
        Add(message, 1);
        Add(message, 0);
        Add(message, 0);
        Add(message, edns is null ? 0 : 1);
        AddName(message, name);
        Add(message, (int)type);
        Add(message, queryClass);
        if (edns is { } size)
        {
            message.Add(0);
            Add(message, 41);
            Add(message, size);
            message.AddRange([0, 0, 0, 0, 0, 0]);
        }

        return [.. message];
    }

    /// <summary>An answer to a query: each record is owner, type and data.</summary>
    public static byte[] Reply(ReadOnlySpan<byte> query, int code, params (string Owner, DnsRecordType Type, byte[] Data)[] records)
    {
        int end = 12;
        while (query[end] != 0)
        {
            end += 1 + query[end];
        }

        List<byte> message = [.. query[..(end + 5)]];
        message[2] = 0x81;
        message[3] = (byte)(0x80 | code);
        (message[6], message[7], message[8], message[9], message[10], message[11]) = ((byte)(records.Length >> 8), (byte)records.Length, 0, 0, 0, 0);
        foreach ((string owner, DnsRecordType type, byte[] data) in records)
        {
            AddName(message, owner);
            Add(message, (int)type);
            Add(message, 1);
            message.AddRange([0, 0, 0, 60]);
            Add(message, data.Length);
            message.AddRange(data);
        }

        return [.. message];
    }

    /// <summary>The name that a query asks for.</summary>
    public static string QuestionOf(byte[] query)
    {
        int position = 12;
        return ReadName(query, ref position);
    }

    public static byte[] Name(string name)
    {
        List<byte> bytes = [];
        AddName(bytes, name);
        return [.. bytes];
    }

    public static DnsReply Parse(ReadOnlySpan<byte> message)
    {
        byte[] bytes = message.ToArray();
        int position = 12;
        string question = ReadName(bytes, ref position);
        position += 4;
        List<DnsReplyRecord>[] sections = [[], [], []];
        for (int section = 0; section < 3; section++)
        {
            for (int left = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(6 + (2 * section))); left > 0; left--)
            {
                string owner = ReadName(bytes, ref position);
                DnsRecordType type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(position));
                uint life = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(position + 4));
                int length = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(position + 8));
                int data = position + 10;
                position = data + length;
                sections[section].Add(new DnsReplyRecord(owner, type, life, DataText(bytes, type, data, length)));
            }
        }

        if (position != bytes.Length)
        {
            throw new InvalidDataException($"The message has {bytes.Length} bytes and its records end at {position}.");
        }

        return new DnsReply(
            BinaryPrimitives.ReadUInt16BigEndian(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(2)), question, sections[0], sections[2]);
    }

    private static string DataText(byte[] message, DnsRecordType type, int data, int length)
    {
        switch (type)
        {
            case DnsRecordType.A or DnsRecordType.Aaaa:
                return new IPAddress(message.AsSpan(data, length)).ToString();
            case DnsRecordType.Ptr or DnsRecordType.Cname:
                return ReadName(message, ref data);
            case DnsRecordType.Srv:
                int target = data + 6;
                return $"{BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(data + 4))} {ReadName(message, ref target)}";
            default:
                return Convert.ToHexString(message, data, length);
        }
    }

    private static string ReadName(byte[] message, ref int position)
    {
        List<string> labels = [];
        int at = position, jumps = 0;
        bool jumped = false;
        while (message[at] != 0)
        {
            if (message[at] >= 0xc0)
            {
                if (++jumps > 10)
                {
                    throw new InvalidDataException("A name's pointers go in circles.");
                }

                int target = ((message[at] & 0x3f) << 8) | message[at + 1];
                if (!jumped)
                {
                    position = at + 2;
                }

                (jumped, at) = (true, target);
                continue;
            }

            labels.Add(System.Text.Encoding.ASCII.GetString(message, at + 1, message[at]));
            at += 1 + message[at];
        }

        if (!jumped)
        {
            position = at + 1;
        }

        return string.Join('.', labels);
    }

    private static void AddName(List<byte> message, string name)
    {
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            message.Add((byte)label.Length);
            message.AddRange(System.Text.Encoding.ASCII.GetBytes(label));
        }

        message.Add(0);
    }

    private static void Add(List<byte> message, int value) => message.AddRange([(byte)(value >> 8), (byte)value]);
}
