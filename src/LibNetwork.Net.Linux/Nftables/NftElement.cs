using System.Net;

namespace LibNetwork.Linux.Nftables;

/// <summary>One element of a set or map. Immutable; equal when key, range and data are (a timeout and a comment do not count).</summary>
public sealed class NftElement : IEquatable<NftElement>
{
    private readonly NftValue[] _key;
    private readonly NftValue[] _end;
    private readonly NftValue[] _data;

    private NftElement(NftValue[] key, NftValue[] end, NftValue[] data)
    {
        _key = key;
        _end = end;
        _data = data;
    }

    private NftElement(NftElement other, NftValue[] end, NftValue[] data)
        : this(other._key, end, data)
    {
        Verdict = other.Verdict;
        Timeout = other.Timeout;
        Expires = other.Expires;
        Comment = other.Comment;
    }

    /// <summary>The fields of the key, or of the first key of a range.</summary>
    public ReadOnlySpan<NftValue> Key => _key;

    /// <summary>The fields of the last key of a range; empty for a single key.</summary>
    public ReadOnlySpan<NftValue> End => _end;

    /// <summary>The fields of a map's data.</summary>
    public ReadOnlySpan<NftValue> Data => _data;

    /// <summary>What a verdict map says.</summary>
    public NftVerdict? Verdict { get; private init; }

    /// <summary>How long the element stays; <see langword="null"/> for the set's own default.</summary>
    public TimeSpan? Timeout { get; private init; }

    /// <summary>How long an element that was read still stays.</summary>
    public TimeSpan? Expires { get; private init; }

    /// <summary>A remark that <c>nft list</c> shows.</summary>
    public string? Comment { get; private init; }

    /// <summary>An element by its key; several fields for a concatenation.</summary>
    /// <remarks>In an interval set of one field this would reach to the next element: use <see cref="Range"/> there, with twice the same value.</remarks>
    /// <exception cref="ArgumentException">There is no field, or a field is <see langword="default"/>.</exception>
    public static NftElement Of(params ReadOnlySpan<NftValue> key)
    {
        CheckFields(key, nameof(key));
        return new NftElement(key.ToArray(), [], []);
    }

    /// <summary>A range of keys of one field, both ends included.</summary>
    /// <exception cref="ArgumentException">The ends differ in length, are in the wrong order, or are not in network order (names, marks).</exception>
    public static NftElement Range(NftValue first, NftValue last)
    {
        CheckRange(first, last);
        return new NftElement([first], [last], []);
    }

    /// <summary>The addresses of a network.</summary>
    public static NftElement Prefix(IPNetwork network)
    {
        Span<byte> bytes = stackalloc byte[NftValue.MaxLength];
        NftValue first = network.BaseAddress;
        int length = first.CopyTo(bytes);
        for (int bit = network.PrefixLength; bit < length * 8; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return Range(first, NftValue.Raw(bytes[..length]));
    }

    /// <summary>The same element reaching, field by field, to <paramref name="last"/>; for concatenations in interval sets.</summary>
    /// <exception cref="ArgumentException">The number of fields differs from the key's, or a field is no valid range.</exception>
    public NftElement To(params ReadOnlySpan<NftValue> last)
    {
        if (last.Length != _key.Length)
        {
            throw new ArgumentException($"The key has {_key.Length} fields, its end {last.Length}.", nameof(last));
        }

        for (int i = 0; i < last.Length; i++)
        {
            if (last[i] != _key[i])
            {
                CheckRange(_key[i], last[i]);
            }
        }

        return new NftElement(this, last.ToArray(), _data);
    }

    /// <summary>The same element with a map's data.</summary>
    public NftElement WithData(params ReadOnlySpan<NftValue> data)
    {
        CheckFields(data, nameof(data));
        return new NftElement(this, _end, data.ToArray()) { Verdict = null };
    }

    /// <summary>The same element with a verdict map's verdict.</summary>
    public NftElement WithVerdict(NftVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return new NftElement(this, _end, []) { Verdict = verdict };
    }

    /// <summary>The same element leaving after a while; the set must allow it. Whole milliseconds.</summary>
    public NftElement WithTimeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.FromMilliseconds(1));
        return new NftElement(this, _end, _data) { Timeout = timeout };
    }

    /// <summary>The same element with a remark of 1 to 127 bytes.</summary>
    public NftElement WithComment(string comment)
    {
        NftName.CheckComment(comment ?? throw new ArgumentNullException(nameof(comment)), nameof(comment));
        return new NftElement(this, _end, _data) { Comment = comment };
    }

    /// <inheritdoc/>
    public bool Equals(NftElement? other) => other is not null
        && Key.SequenceEqual(other.Key)
        && End.SequenceEqual(other.End)
        && Data.SequenceEqual(other.Data)
        && Verdict == other.Verdict;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NftElement);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (NftValue value in _key)
        {
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    /// <summary>The element much as <c>nft list</c> prints it.</summary>
    public override string ToString()
    {
        string text = string.Join(" . ", _key);
        text = _end.Length == 0 ? text : $"{text} - {string.Join(" . ", _end)}";
        return Verdict is not null ? $"{text} : {Verdict}" : _data.Length == 0 ? text : $"{text} : {string.Join(" . ", _data)}";
    }

    /// <summary>An element as the kernel reported it.</summary>
    internal static NftElement Read(
        NftValue[] key, NftValue[] end, NftValue[] data, NftVerdict? verdict, TimeSpan? timeout, TimeSpan? expires, string? comment)
        => new(key, end, data) { Verdict = verdict, Timeout = timeout, Expires = expires, Comment = comment };

    internal NftElement WithEnd(NftValue end) => new(this, [end], _data);

    private static void CheckFields(ReadOnlySpan<NftValue> fields, string parameter)
    {
        if (fields.Length == 0)
        {
            throw new ArgumentException("At least one field is needed.", parameter);
        }

        foreach (NftValue field in fields)
        {
            if (field.Length == 0)
            {
                throw new ArgumentException("A field is empty.", parameter);
            }
        }
    }

    private static void CheckRange(NftValue first, NftValue last)
    {
        Span<byte> low = stackalloc byte[NftValue.MaxLength];
        Span<byte> high = stackalloc byte[NftValue.MaxLength];
        low = low[..first.CopyTo(low)];
        high = high[..last.CopyTo(high)];
        if (low.Length == 0 || low.Length != high.Length || first.IsHostOrder || last.IsHostOrder || low.SequenceCompareTo(high) > 0)
        {
            throw new ArgumentException($"{first} to {last} is not a range.", nameof(last));
        }
    }
}
