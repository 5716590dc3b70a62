using System.Runtime.InteropServices;
using System.Text;

namespace LibNetwork.Linux.Nftables;

/// <summary>Bytes of an expression, compared by value.</summary>
public readonly struct NftBytes : IEquatable<NftBytes>
{
    private readonly byte[]? _bytes;

    /// <summary>Copies bytes.</summary>
    public NftBytes(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>How many there are.</summary>
    public int Length => Span.Length;

    /// <inheritdoc/>
    public bool Equals(NftBytes other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NftBytes other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>Whether both have the same bytes.</summary>
    public static bool operator ==(NftBytes left, NftBytes right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(NftBytes left, NftBytes right) => !left.Equals(right);

    /// <summary>The bytes as 32-bit words of the machine's order, as <c>nft --debug=netlink</c> prints them.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        Span<byte> word = stackalloc byte[sizeof(uint)];
        for (int i = 0; i < Length; i += sizeof(uint))
        {
            word.Clear();
            Span[i..Math.Min(i + sizeof(uint), Length)].CopyTo(word);
            text.Append(i == 0 ? string.Empty : " ").Append($"0x{MemoryMarshal.Read<uint>(word):x8}");
        }

        return text.ToString();
    }

    internal static NftBytes Of(NftValue value)
    {
        Span<byte> bytes = stackalloc byte[NftValue.MaxLength];
        return new NftBytes(bytes[..value.CopyTo(bytes)]);
    }
}
