using System.Net;
using CsCheck;
using LibNetwork.Publishing;

namespace LibNetwork.Core.Tests;

public sealed class PortLedgerTests
{
    private static readonly IPAddress[] Addresses = [IPAddress.Any, IPAddress.Loopback, IPAddress.Parse("192.0.2.1"), IPAddress.IPv6Any, IPAddress.IPv6Loopback];

    [Fact, Trait("Feature", "PM-03")]
    public void It_agrees_with_a_list_of_all_that_is_taken()
        => Gen.Select(Gen.Int[0, 4], Gen.Int[1, 6], Gen.Int[0, 2], Gen.Bool, Gen.Bool).Array[0, 60].Sample(steps =>
        {
            PortLedger ledger = new();
            List<(TransportProtocol Protocol, PortRange Ports, IPAddress Address)> taken = [];
            foreach ((int which, int first, int more, bool isUdp, bool releases) in steps)
            {
                TransportProtocol protocol = isUdp ? TransportProtocol.Udp : TransportProtocol.Tcp;
                PortRange ports = new((ushort)first, (ushort)(first + more));
                IPAddress address = Addresses[which];
                if (releases)
                {
                    taken.Remove((protocol, ports, address));
                    ledger.Release(protocol, ports, address);
                    continue;
                }

                bool isFree = !taken.Exists(other => other.Protocol == protocol && other.Ports.Overlaps(ports) && Meet(other.Address, address));
                Assert.Equal(isFree, ledger.TryTake(protocol, ports, [address], "x") is null);
                if (isFree)
                {
                    taken.Add((protocol, ports, address));
                }
            }
        });

    [Fact, Trait("Feature", "PM-13")]
    public void Of_several_addresses_either_all_are_taken_or_none()
    {
        PortLedger ledger = new();
        PortRange port = new(80);
        Assert.Null(ledger.TryTake(TransportProtocol.Tcp, port, [IPAddress.IPv6Loopback], "one"));

        PortHolder? other = ledger.TryTake(TransportProtocol.Tcp, port, [IPAddress.Any, IPAddress.IPv6Any], "two");

        Assert.Equal(new PortHolder("one", IPAddress.IPv6Loopback), other);
        Assert.Null(ledger.TryTake(TransportProtocol.Tcp, port, [IPAddress.Any], "three"));
    }

    [Fact, Trait("Feature", "PM-01"), Trait("Feature", "PM-02")]
    public void Ports_are_tried_from_the_one_behind_the_last_and_around()
    {
        PortLedger ledger = new();
        PortRange range = new(20, 23);
        Assert.Equal([20, 21, 22, 23], ledger.InTurn(TransportProtocol.Tcp, range));

        ledger.Picked(TransportProtocol.Tcp, range, 22);

        Assert.Equal([23, 20, 21, 22], ledger.InTurn(TransportProtocol.Tcp, range));
        Assert.Equal([20, 21, 22, 23], ledger.InTurn(TransportProtocol.Udp, range));
    }

    [Theory, Trait("Feature", "PM-04")]
    [InlineData("32768\t60999\n", "\n", 32768, 60999, 40000, true)]
    [InlineData("32768\t60999\n", "8080,40000-40002\n", 32768, 60999, 40001, false)]
    [InlineData("32768\t60999\n", "8080,40000-40002\n", 32768, 60999, 40003, true)]
    [InlineData("nonsense", "\n", 49153, 65535, 50000, true)]
    [InlineData("32768\t60999\n", "\n", 32768, 60999, 8080, false)]
    public void The_kernels_local_ports_are_read(string range, string reserved, int first, int last, int port, bool isOffered)
    {
        LocalPorts ports = LocalPorts.Parse(range, reserved);

        Assert.Equal((first, last), (ports.Range.First, ports.Range.Last));
        Assert.Equal(isOffered, ports.Offers((ushort)port));
    }

    [Theory]
    [InlineData("80/tcp")]
    [InlineData("8080:80/tcp")]
    [InlineData("8000-8010:80/udp")]
    [InlineData("127.0.0.1:8080:80/tcp")]
    [InlineData("127.0.0.1::80/sctp")]
    [InlineData("[::1]:8080-8081:80-81/tcp")]
    [InlineData("[::]::53/udp")]
    public void A_binding_is_its_text(string text) => Assert.Equal(text, PortBinding.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("0")]
    [InlineData("80:0")]
    [InlineData("80/icmp")]
    [InlineData("::1:80:80")]
    [InlineData("[127.0.0.1]:80:80")]
    [InlineData("82-81:80")]
    [InlineData("80/tcp/udp")]
    public void What_is_no_binding_is_refused(string text)
        => Assert.Equal(NetworkErrorKind.InvalidArgument, Assert.Throws<NetworkException>(() => PortBinding.Parse(text)).Kind);

    private static bool Meet(IPAddress one, IPAddress other)
        => one.AddressFamily == other.AddressFamily && (one.Equals(other) || IsAny(one) || IsAny(other));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
