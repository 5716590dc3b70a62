using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace LibNetwork.Stores.Sqlite;

/// <summary>A checksum over an entry (CRC-32C). SQLite finds a damaged page only when its structure suffers, not when a value does.</summary>
internal static class EntryChecksum
{
    public static uint Of(string key, ReadOnlySpan<byte> value, long revision)
    {
        uint crc = BitOperations.Crc32C(uint.MaxValue, (ulong)revision);
        crc = Add(crc, Encoding.UTF8.GetBytes(key));
        return ~Add(crc, value);
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte rest in bytes)
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return crc;
    }
}
