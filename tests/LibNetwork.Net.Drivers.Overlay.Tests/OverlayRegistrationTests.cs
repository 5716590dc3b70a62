using System.Net;
using Microsoft.Extensions.Options;

namespace LibNetwork.Drivers.Overlay.Tests;

public sealed class OverlayRegistrationTests
{
    [Theory]
    [InlineData("198.51.100.1", 4789, null, true)]
    [InlineData("2001:db8::1", 1, 9000, true)]
    [InlineData(null, 4789, null, false)]
    [InlineData("0.0.0.0", 4789, null, false)]
    [InlineData("::", 4789, null, false)]
    [InlineData("224.0.0.1", 4789, null, false)]
    [InlineData("fe80::1", 4789, null, false)]
    [InlineData("::ffff:198.51.100.1", 4789, null, false)]
    [InlineData("198.51.100.1", 0, null, false)]
    [InlineData("198.51.100.1", 65536, null, false)]
    [InlineData("198.51.100.1", 4789, 575, false)]
    public void Settings_are_checked(string? address, int port, int? mtu, bool isValid)
    {
        OverlayDriverOptions options = new() { AdvertiseAddress = address is null ? null : IPAddress.Parse(address), Port = port, UnderlayMtu = mtu };

        ValidateOptionsResult result = new OverlayDriverOptionsValidator().Validate(name: null, options);

        Assert.Equal(isValid, result.Succeeded);
    }

    [Theory]
    [InlineData(4793, 600, true)]
    [InlineData(65534, 1, true)]
    [InlineData(0, 600, false)]
    [InlineData(65535, 600, false)]
    [InlineData(4789, 600, false)]
    [InlineData(4788, 600, false)]
    [InlineData(4793, 0, false)]
    [InlineData(4793, 100_000, false)]
    public void Settings_of_encryption_are_checked(int port, int overlapSeconds, bool isValid)
    {
        OverlayDriverOptions options = new()
        {
            AdvertiseAddress = IPAddress.Parse("198.51.100.1"), EncryptionPort = port, KeyOverlap = TimeSpan.FromSeconds(overlapSeconds),
        };

        ValidateOptionsResult result = new OverlayDriverOptionsValidator().Validate(name: null, options);

        Assert.Equal(isValid, result.Succeeded);
    }
}
