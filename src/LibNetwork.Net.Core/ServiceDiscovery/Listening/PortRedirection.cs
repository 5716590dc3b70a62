using System.Globalization;
using System.Net;
using LibNetwork.ContainerFiles;
using LibNetwork.Firewall;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.ServiceDiscovery.Listening;

/// <summary>Makes port 53 of a resolver's address lead to the ports that it really has.</summary>
/// <remarks>
/// So a container may have a name server of its own on port 53. The ports are rewritten packet by packet, without connection tracking:
/// there is no table of flows in which two questions that are sent at once could collide, and none that could fill up. What comes for
/// the address, or in its name, from anywhere but the sandbox itself is dropped, also where the sandbox routes such addresses and believes any sender.
/// </remarks>
internal static class PortRedirection
{
    public const string Table = "libnetwork_dns";

    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const string Ports = "ports";
    private const string Fence = "fence";
    private const string Remark = "LibNetwork.Net: the resolver inside the sandbox at ";   // and its two ports, by which a later process finds them

    /// <summary>Finds the ports to which an earlier process made port 53 lead.</summary>
    /// <returns><see langword="null"/> when there are no such rules, or others than this version would lay.</returns>
    public static (ushort Udp, ushort Tcp)? Find(KernelSession session, NetworkNamespace inside)
    {
        using NftSocket socket = session.OpenNftables(inside);
        if (socket.ReadRuleset(NftFamily.IPv4, Table).Find(NftFamily.IPv4, Table) is not { } present || PortsIn(present.Comment) is not { } ports)
        {
            return null;
        }

        NftTable wanted = TableContents.Preview(socket, NftFamily.IPv4, Table, transaction => Write(transaction, ports.Udp, ports.Tcp));
        return TableComparison.Of(present, wanted, isComplete: true, []).HasShape ? ports : null;
    }

    /// <summary>Puts the rules into a sandbox, or those of an earlier process out.</summary>
    public static void Lay(KernelSession session, NetworkNamespace inside, ushort udpPort, ushort tcpPort)
    {
        using NftSocket socket = session.OpenNftables(inside);
        try
        {
            // Not replaced on suspicion: after a deletion the kernel makes whoever closes the socket wait until all its cores have moved on.
            NftTransaction transaction = socket.Begin();
            Write(transaction, udpPort, tcpPort);
            socket.Commit(transaction);
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.EEXIST)
        {
            NftTransaction transaction = socket.Begin();
            transaction.DestroyTable(NftFamily.IPv4, Table);
            Write(transaction, udpPort, tcpPort);
            socket.Commit(transaction);
        }
    }

    /// <summary>Takes the rules out again.</summary>
    public static void Remove(KernelSession session, NetworkNamespace inside)
    {
        using NftSocket socket = session.OpenNftables(inside);
        NftTransaction transaction = socket.Begin();
        transaction.DestroyTable(NftFamily.IPv4, Table);
        socket.Commit(transaction);
    }

    private static IPAddress Address => ContainerResolvConf.ResolverAddress;

    private static void Write(NftTransaction transaction, ushort udpPort, ushort tcpPort)
    {
        transaction.CreateTable(NftFamily.IPv4, Table, string.Create(CultureInfo.InvariantCulture, $"{Remark}{udpPort} {tcpPort}"));
        transaction.AddBaseChain(NftFamily.IPv4, Table, Ports, NftHook.Output, NftChainType.Filter, NftPriority.Raw);
        foreach ((byte protocol, ushort port) in ((byte, ushort)[])[(Udp, udpPort), (Tcp, tcpPort)])
        {
            transaction.AddRule(NftFamily.IPv4, Table, Ports, new NftRule()
                .Destination(Address).L4Proto(protocol).DestinationPort(DnsServer.DefaultPort).Notrack().SetDestinationPort(protocol, port));
            transaction.AddRule(NftFamily.IPv4, Table, Ports, new NftRule()
                .Source(Address).L4Proto(protocol).SourcePort(port).Notrack().SetSourcePort(protocol, DnsServer.DefaultPort));
        }

        transaction.AddBaseChain(NftFamily.IPv4, Table, Fence, NftHook.Prerouting, NftChainType.Filter, NftPriority.Raw);
        transaction.AddRule(NftFamily.IPv4, Table, Fence, new NftRule().Destination(Address).IifNameNot("lo").Drop());
        transaction.AddRule(NftFamily.IPv4, Table, Fence, new NftRule().Source(Address).IifNameNot("lo").Drop());
    }

    private static (ushort Udp, ushort Tcp)? PortsIn(string? remark)
        => remark?.StartsWith(Remark, StringComparison.Ordinal) == true
            && remark[Remark.Length..].Split(' ') is [string udp, string tcp]
            && ushort.TryParse(udp, NumberStyles.None, CultureInfo.InvariantCulture, out ushort udpPort)
            && ushort.TryParse(tcp, NumberStyles.None, CultureInfo.InvariantCulture, out ushort tcpPort)
            ? (udpPort, tcpPort)
            : null;
}
