using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Ipvlan.Tests;

public sealed class IpvlanNetworkOptionsTests
{
    private const string Subject = "network \"n\"";

    [Theory, Trait("Feature", "IV-01")]
    [InlineData(null, IpvlanMode.L2, false)]
    [InlineData("", IpvlanMode.L2, false)]
    [InlineData("l2", IpvlanMode.L2, false)]
    [InlineData("l3", IpvlanMode.L3, true)]
    [InlineData("l3s", IpvlanMode.L3S, true)]
    public void The_mode_is_read(string? text, IpvlanMode expected, bool isRouted)
    {
        IpvlanNetworkOptions options = Parse((IpvlanLabels.Parent, "eth0"), (IpvlanLabels.Mode, text));

        Assert.Equal((expected, isRouted), (options.Mode, options.IsRouted));
    }

    [Theory, Trait("Feature", "IV-01")]
    [InlineData(null, IpvlanFlags.Bridge)]
    [InlineData("bridge", IpvlanFlags.Bridge)]
    [InlineData("private", IpvlanFlags.Private)]
    [InlineData("vepa", IpvlanFlags.Vepa)]
    public void The_flag_is_read(string? text, IpvlanFlags expected)
        => Assert.Equal(expected, Parse((IpvlanLabels.Parent, "eth0"), (IpvlanLabels.Flag, text)).Flags);

    [Theory]
    [InlineData(IpvlanLabels.Mode, "L2")]
    [InlineData(IpvlanLabels.Mode, "l4")]
    [InlineData(IpvlanLabels.Flag, "passthru")]
    [InlineData(IpvlanLabels.Parent, "lo")]
    [InlineData(IpvlanLabels.Parent, "a/b")]
    [InlineData(NetworkLabels.Mtu, "67")]
    public void What_is_not_understood_is_an_error_that_names_the_label(string label, string text)
    {
        NetworkException refused = Assert.Throws<NetworkException>(() => Parse((label, text)));

        Assert.Equal((NetworkErrorKind.InvalidArgument, label), (refused.Kind, refused.Field));
    }

    [Fact, Trait("Feature", "IV-01")]
    public void Without_a_parent_it_is_internal()
    {
        Assert.True(Parse().Internal);
        Assert.False(Parse((IpvlanLabels.Parent, "eth0")).Internal);
    }

    private static IpvlanNetworkOptions Parse(params (string Label, string? Text)[] labels) => IpvlanNetworkOptions.Parse(
        Subject, isInternal: false, labels.Where(label => label.Text is not null).ToDictionary(label => label.Label, label => label.Text!));
}
