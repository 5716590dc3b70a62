using LibNetwork.Linux.Nftables;

namespace LibNetwork.Flows;

/// <summary>The registers of nftables' virtual machine, as far as what is in them is known.</summary>
internal sealed class Registers
{
    private const int WordBytes = 4;
    private const int Size = 16 * WordBytes;

    private readonly byte?[] _bytes = new byte?[Size];

    public Registers()
    {
    }

    public Registers(Registers other) => other._bytes.CopyTo(_bytes, 0);

    public void Store(int register, KnownBytes value)
    {
        KnownBytes padded = value.Padded();
        for (int i = 0; i < padded.Length && (register * WordBytes) + i < Size; i++)
        {
            _bytes[(register * WordBytes) + i] = padded[i];
        }
    }

    public KnownBytes Load(int register, int length) => new KnownBytes(_bytes).Slice(register * WordBytes, length);

    /// <summary>A step that is not known here may have written anywhere.</summary>
    public void Forget() => Array.Clear(_bytes);

    public static int WordsOf(NftValue value) => (value.Length + WordBytes - 1) / WordBytes;
}
