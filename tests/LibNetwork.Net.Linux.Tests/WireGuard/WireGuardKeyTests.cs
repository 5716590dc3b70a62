using System.Security.Cryptography;
using LibNetwork.Linux.WireGuard;

namespace LibNetwork.Linux.Tests.WireGuard;

public sealed class WireGuardKeyTests
{
    [Fact]
    public void A_key_is_its_bytes_and_its_text()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(WireGuardKey.Size), copy = new byte[WireGuardKey.Size];
        WireGuardKey key = new(bytes);

        key.CopyTo(copy);

        Assert.Equal(bytes, copy);
        Assert.Equal(Convert.ToBase64String(bytes), key.ToString());
        Assert.True(WireGuardKey.TryParse(key.ToString(), out WireGuardKey read));
        Assert.Equal(key, read);
        Assert.False(key.IsEmpty);
        Assert.True(default(WireGuardKey).IsEmpty);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("****************************************A===")]
    public void What_is_no_key_is_not_read(string? text) => Assert.False(WireGuardKey.TryParse(text, out _));

    [Fact]
    public void Another_number_of_bytes_is_misuse() => Assert.Throws<ArgumentException>(() => new WireGuardKey(new byte[31]));
}
