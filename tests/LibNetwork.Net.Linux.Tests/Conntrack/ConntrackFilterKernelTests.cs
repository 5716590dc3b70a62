using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Conntrack;
using LibNetwork.Linux.Tests.Nftables;

namespace LibNetwork.Linux.Tests.Conntrack;

/// <summary>Deleting by filters that the kernel applies, or, where it cannot, we do: both delete the same flows.</summary>
[Trait("Category", "Kernel")]
public sealed class ConntrackFilterKernelTests
{
    private const byte Udp = 17, Tcp = 6;
    private const ushort Port = 1000;
    private static readonly IPAddress Nobody = IPAddress.Parse("198.51.100.1");

    private static readonly Dictionary<string, (ConntrackFilter[] Filters, int[] Left)> Cases = new(StringComparer.Ordinal)
    {
        ["one port"] = ([new() { Family = AddressFamily.InterNetwork, Protocol = Udp, OriginalDestinationPort = Port + 1 }], [0, 2]),
        ["two ports"] =
        (
            [
                new() { Family = AddressFamily.InterNetwork, Protocol = Udp, OriginalDestinationPort = Port },
                new() { Protocol = Udp, OriginalDestination = ThreeNamespaces.ServerAddress, OriginalDestinationPort = Port + 2 },
            ],
            [1]),
        ["the sender"] = ([new() { Protocol = Udp, OriginalSource = ThreeNamespaces.ClientAddress }], []),
        ["who answers"] = ([new() { Protocol = Udp, ReplySource = ThreeNamespaces.ServerAddress }], []),
        ["who answers from a port"] = ([new() { Protocol = Udp, ReplySource = ThreeNamespaces.ServerAddress, ReplySourcePort = Port }], [1, 2]),
        ["whom the answer goes to"] = ([new() { ReplyDestination = ThreeNamespaces.RouterAtServer }], []),
        ["an address of nobody"] = ([new() { Protocol = Udp, OriginalSource = Nobody }, new() { Protocol = Udp, ReplySource = Nobody }], [0, 1, 2]),
        ["a port to another address"] = ([new() { Protocol = Udp, OriginalDestination = Nobody, OriginalDestinationPort = Port }], [0, 1, 2]),
        ["another protocol"] = ([new() { Family = AddressFamily.InterNetwork, Protocol = Tcp, OriginalDestinationPort = Port }], [0, 1, 2]),
        ["another family"] = ([new() { Family = AddressFamily.InterNetworkV6, Protocol = Udp, OriginalDestinationPort = Port }], [0, 1, 2]),
        ["the receiver as a sender"] = ([new() { Protocol = Udp, OriginalSource = ThreeNamespaces.ServerAddress }], [0, 1, 2]),
        ["a mark, which only we look at"] = ([new() { Protocol = Udp, OriginalDestinationPort = Port, Mark = 0 }], [1, 2]),
        ["no filter"] = ([], [0, 1, 2]),
    };

    public static TheoryData<string, bool> AllCases
    {
        get
        {
            TheoryData<string, bool> data = [];
            foreach (string name in Cases.Keys)
            {
                data.Add(name, true);
                data.Add(name, false);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(AllCases))]
    public async Task What_fits_a_filter_is_deleted_and_nothing_else(string name, bool byKernel)
    {
        (ConntrackFilter[] filters, int[] left) = Cases[name];
        await using ThreeNamespaces net = await ThreeNamespaces.CreateAsync();
        await net.Router.LoadAsync("table ip t { chain p { type nat hook postrouting priority 100; masquerade \n } }");
        using Socket client = net.OpenClient();
        for (ushort i = 0; i < 3; i++)
        {
            await client.SendToAsync(new byte[] { 1 }, new IPEndPoint(ThreeNamespaces.ServerAddress, Port + i), TestContext.Current.CancellationToken);
        }

        IReadOnlyList<ConntrackFlow> rest = await net.Router.RunAsync(session =>
        {
            if (byKernel)
            {
                session.Conntrack.Delete(filters);
            }
            else
            {
                session.Conntrack.Delete(flow => filters.Any(filter => filter.Matches(flow)));
            }

            return session.Conntrack.List(new ConntrackFilter { Protocol = Udp });
        });

        Assert.Equal(left.Select(i => Port + i), rest.Select(flow => (int)flow.Original.DestinationPort).Order());
    }
}
