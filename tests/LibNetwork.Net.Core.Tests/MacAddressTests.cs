using System.Net;

namespace LibNetwork.Core.Tests;

public sealed class MacAddressTests
{
    [Fact]
    public void An_IPv4_address_has_the_MAC_address_that_Dockers_users_know()
        => Assert.Equal("02:42:ac:12:00:02", MacAddress.Of(IPAddress.Parse("172.18.0.2")).ToString());

    [Fact]
    public void Each_IPv6_address_has_one_of_its_own_that_an_interface_may_have()
    {
        MacAddress[] made = [.. Enumerable.Range(1, 10_000).Select(i => MacAddress.Of(IPAddress.Parse($"fd00:{i:x}::1")))];

        Assert.Equal(made.Length, made.Distinct().Count());
        Assert.All(made, static address => Assert.True(address.IsUnicast && address.ToString().StartsWith("02:", StringComparison.Ordinal)));
        Assert.Equal(made[0], MacAddress.Of(IPAddress.Parse("fd00:1::1")));
    }
}
