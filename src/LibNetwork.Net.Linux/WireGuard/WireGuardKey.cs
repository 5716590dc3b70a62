using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace LibNetwork.Linux.WireGuard;

/// <summary>A public key of WireGuard: a point of Curve25519.</summary>
public readonly record struct WireGuardKey
{
    /// <summary>The length of a key, in bytes.</summary>
    public const int Size = 32;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    /// <summary>A key by its bytes.</summary>
    /// <exception cref="ArgumentException">There are not <see cref="Size"/> of them.</exception>
    public WireGuardKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A key has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        _high = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt128BigEndian(bytes[(Size / 2)..]);
    }

    /// <summary>Whether it is the key of nobody, all zeros.</summary>
    public bool IsEmpty => _high == 0 && _low == 0;

    /// <summary>Reads a key as <c>wg</c> writes it: 44 characters of Base64.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out WireGuardKey key)
    {
        const int TextLength = 44;
        Span<byte> bytes = stackalloc byte[Size + 1];
        key = default;
        if (text is not { Length: TextLength } || !Convert.TryFromBase64String(text, bytes, out int length) || length != Size)
        {
            return false;
        }

        key = new WireGuardKey(bytes[..Size]);
        return true;
    }

    /// <summary>Writes the key's bytes, <see cref="Size"/> of them.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt128BigEndian(destination[(Size / 2)..], _low);
    }

    /// <summary>The key as <c>wg</c> writes it.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToBase64String(bytes);
    }
}
