namespace LibNetwork.Flows;

/// <summary>Bytes of which some are not known. Immutable.</summary>
internal readonly struct KnownBytes
{
    private const int WordBytes = 4;

    private readonly byte?[] _bytes;

    public KnownBytes(params byte?[] bytes) => _bytes = bytes;

    public int Length => _bytes.Length;

    public byte? this[int index] => _bytes[index];

    public static KnownBytes Of(ReadOnlySpan<byte> bytes)
    {
        byte?[] known = new byte?[bytes.Length];
        for (int i = 0; i < known.Length; i++)
        {
            known[i] = bytes[i];
        }

        return new KnownBytes(known);
    }

    public static KnownBytes Unknown(int length) => new(new byte?[length]);

    /// <summary>Bytes from <paramref name="offset"/> on; what is behind the end is not known.</summary>
    public KnownBytes Slice(int offset, int length)
    {
        byte?[] part = new byte?[length];
        for (int i = 0; i < length && offset + i < _bytes.Length; i++)
        {
            part[i] = _bytes[offset + i];
        }

        return new KnownBytes(part);
    }

    public KnownBytes Concat(KnownBytes other) => new([.. _bytes, .. other._bytes]);

    /// <summary>Filled up with zeros to whole registers, as the kernel loads it.</summary>
    public KnownBytes Padded()
    {
        byte?[] padded = new byte?[(Length + WordBytes - 1) / WordBytes * WordBytes];
        padded.AsSpan(Length).Fill(0);
        _bytes.CopyTo(padded, 0);
        return new KnownBytes(padded);
    }

    /// <summary>The bytes, when all are known.</summary>
    public bool TryGet(Span<byte> bytes)
    {
        for (int i = 0; i < _bytes.Length; i++)
        {
            if (_bytes[i] is not { } value)
            {
                return false;
            }

            bytes[i] = value;
        }

        return true;
    }

    public Truth Equals(ReadOnlySpan<byte> value)
    {
        Truth truth = Truth.Yes;
        for (int i = 0; i < value.Length; i++)
        {
            byte? mine = i < _bytes.Length ? _bytes[i] : null;
            if (mine is { } known && known != value[i])
            {
                return Truth.No;
            }

            truth = mine is null ? Truth.Unknown : truth;
        }

        return truth;
    }

    /// <summary>How it compares with a value, as memory does; <see langword="null"/> when that depends on what is not known.</summary>
    public int? CompareTo(ReadOnlySpan<byte> value)
    {
        for (int i = 0; i < value.Length; i++)
        {
            if (i >= _bytes.Length || _bytes[i] is not { } known)
            {
                return null;
            }

            if (known != value[i])
            {
                return known.CompareTo(value[i]);
            }
        }

        return 0;
    }

    /// <summary>Whether it is within a range, both ends included.</summary>
    public Truth IsWithin(ReadOnlySpan<byte> first, ReadOnlySpan<byte> last) => (CompareTo(first), CompareTo(last)) switch
    {
        ( < 0, _) or (_, > 0) => Truth.No,
        (null, _) or (_, null) => Truth.Unknown,
        _ => Truth.Yes,
    };
}
