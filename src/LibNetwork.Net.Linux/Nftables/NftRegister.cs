using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>The virtual machine's sixteen registers of four bytes, and how the kernel numbers them.</summary>
internal static class NftRegister
{
    /// <summary>The verdict, which is no data register.</summary>
    public const int Verdict = -1;

    private const int WordsPerWideRegister = 4;

    /// <summary>Every fourth also has a number from the days of sixteen-byte registers, by which the kernel and nft prefer to call it.</summary>
    public static uint ToWire(int register) => register == Verdict
        ? NFT_REG_VERDICT
        : register % WordsPerWideRegister == 0 ? NFT_REG_1 + (uint)(register / WordsPerWideRegister) : NFT_REG32_00 + (uint)register;

    public static int FromWire(uint register) => register switch
    {
        NFT_REG_VERDICT => Verdict,
        < NFT_REG_1 + (NFT_REG32_COUNT / WordsPerWideRegister) => (int)(register - NFT_REG_1) * WordsPerWideRegister,
        >= NFT_REG32_00 and < NFT_REG32_00 + NFT_REG32_COUNT => (int)(register - NFT_REG32_00),
        _ => throw new InvalidDataException($"The kernel's answer is malformed: there is no register {register}."),
    };

    /// <summary>Checks that <paramref name="bytes"/> from <paramref name="register"/> on exist.</summary>
    public static void Check(int register, int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(register);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(register, NFT_REG32_COUNT - Words(bytes));
    }

    public static int Words(int bytes) => (bytes + NFT_REG32_SIZE - 1) / NFT_REG32_SIZE;
}
