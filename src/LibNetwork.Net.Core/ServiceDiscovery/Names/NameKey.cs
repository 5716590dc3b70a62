using LibNetwork.ServiceDiscovery.Dns;

namespace LibNetwork.ServiceDiscovery.Names;

/// <summary>A name to look up: lower-case labels with their lengths, without the final zero. Compared by value.</summary>
/// <remarks>A key in an index owns its bytes; one that is only looked up may lie in a buffer that is used again.</remarks>
internal readonly struct NameKey : IEquatable<NameKey>
{
    private readonly byte[] _buffer;
    private readonly int _length;
    private readonly int _hash;

    /// <summary>Takes the first bytes of a buffer.</summary>
    public NameKey(byte[] buffer, int length)
    {
        _buffer = buffer;
        _length = length;
        uint hash = 2166136261;   // FNV-1a: names are short
        foreach (byte value in buffer.AsSpan(0, length))
        {
            hash = (hash ^ value) * 16777619;
        }

        _hash = (int)hash;
    }

    public ReadOnlySpan<byte> Labels => _buffer.AsSpan(0, _length);

    /// <summary>Reads a name such as <c>db.front</c>.</summary>
    /// <returns>Whether the DNS can hold such a name.</returns>
    public static bool TryParse(string text, out NameKey key)
    {
        key = default;
        byte[] labels = new byte[text.Length + 1];
        int start = 0;
        for (int index = 0; index <= text.Length; index++)
        {
            if (index < text.Length && text[index] != '.')
            {
                if (!char.IsAscii(text[index]))
                {
                    return false;
                }

                labels[index + 1] = (byte)char.ToLowerInvariant(text[index]);
                continue;
            }

            int length = index - start;
            if (length is 0 or > DnsWire.MaxLabelBytes)
            {
                return false;
            }

            labels[start] = (byte)length;
            start = index + 1;
        }

        if (labels.Length > DnsWire.MaxNameBytes - 1)
        {
            return false;
        }

        key = new NameKey(labels, labels.Length);
        return true;
    }

    /// <summary>This name with another behind it.</summary>
    public NameKey Append(NameKey suffix)
    {
        byte[] labels = [.. Labels, .. suffix.Labels];
        return new NameKey(labels, labels.Length);
    }

    public bool Equals(NameKey other) => _hash == other._hash && Labels.SequenceEqual(other.Labels);

    public override bool Equals(object? obj) => obj is NameKey other && Equals(other);

    public override int GetHashCode() => _hash;

    public override string ToString() => DnsNameReader.Print(Labels);
}
