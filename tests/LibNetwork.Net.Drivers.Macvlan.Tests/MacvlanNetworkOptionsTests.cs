using LibNetwork.Drivers.Parents;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Macvlan.Tests;

public sealed class MacvlanNetworkOptionsTests
{
    private const string Subject = "network \"n\"";

    [Theory, Trait("Feature", "MV-01")]
    [InlineData(null, MacvlanMode.Bridge)]
    [InlineData("", MacvlanMode.Bridge)]
    [InlineData("bridge", MacvlanMode.Bridge)]
    [InlineData("private", MacvlanMode.Private)]
    [InlineData("vepa", MacvlanMode.Vepa)]
    [InlineData("passthru", MacvlanMode.Passthru)]
    public void The_mode_is_read(string? text, MacvlanMode expected)
        => Assert.Equal(expected, Parse((MacvlanLabels.Parent, "eth0"), (MacvlanLabels.Mode, text)).Mode);

    [Theory]
    [InlineData(MacvlanLabels.Mode, "Bridge")]
    [InlineData(MacvlanLabels.Mode, "source")]
    [InlineData(MacvlanLabels.Parent, "lo")]
    [InlineData(MacvlanLabels.Parent, "a/b")]
    [InlineData(MacvlanLabels.Parent, "sixteen-bytes-xx")]
    [InlineData(NetworkLabels.Mtu, "67")]
    [InlineData(NetworkLabels.Mtu, "many")]
    public void What_is_not_understood_is_an_error_that_names_the_label(string label, string text)
    {
        NetworkException refused = Assert.Throws<NetworkException>(() => Parse((label, text)));

        Assert.Equal((NetworkErrorKind.InvalidArgument, label), (refused.Kind, refused.Field));
    }

    [Fact, Trait("Feature", "MV-03")]
    public void Without_a_parent_it_is_internal()
    {
        Assert.True(Parse().Internal);
        Assert.False(Parse((MacvlanLabels.Parent, "eth0")).Internal);
    }

    [Theory, Trait("Feature", "MV-02")]
    [InlineData("eth0.1", "eth0", 1)]
    [InlineData("eth0.4094", "eth0", 4094)]
    public void A_parent_with_a_vlan_is_taken_apart(string name, string wire, int vlan)
        => Assert.Equal(new ParentName(wire, (ushort)vlan), ParentName.Parse(Subject, new InterfaceName(name)));

    [Theory, Trait("Feature", "MV-02")]
    [InlineData("eth0")]
    [InlineData("eth0.")]
    [InlineData(".5")]
    [InlineData("eth0.0")]
    [InlineData("eth0.4095")]
    [InlineData("eth0.5.6")]
    [InlineData("eth0.+5")]
    [InlineData("eth0.x")]
    public void Other_names_cannot_be_made(string name)
    {
        NetworkException refused = Assert.Throws<NetworkException>(() => ParentName.Parse(Subject, new InterfaceName(name)));

        Assert.Equal((NetworkErrorKind.InvalidArgument, MacvlanLabels.Parent), (refused.Kind, refused.Field));
    }

    private static MacvlanNetworkOptions Parse(params (string Label, string? Text)[] labels)
        => MacvlanNetworkOptions.Parse(Subject, isInternal: false, labels.Where(pair => pair.Text is not null).ToDictionary(pair => pair.Label, pair => pair.Text!));
}
