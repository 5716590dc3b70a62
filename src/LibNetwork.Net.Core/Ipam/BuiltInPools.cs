using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace LibNetwork.Ipam;

/// <summary>The default pools: those that users of Docker know, then room for thousands of networks; and a unique local range for IPv6.</summary>
internal static class BuiltInPools
{
    private const string MachineIdPath = "/etc/machine-id";

    /// <summary>For networks of one host: 31 of Docker's sizes, then 12,288 of size /24.</summary>
    /// <remarks>
    /// The reserve, 10.48.0.0 to 10.95.255.255, is a part of 10.0.0.0/8 that the usual defaults of others leave alone: home routers, office
    /// networks and our own cluster pools begin at 10.0.0.0; Kubernetes uses 10.42.0.0/15, 10.96.0.0/12 and 10.244.0.0/16; clouds use 10.128.0.0/9.
    /// </remarks>
    public static IReadOnlyList<DefaultPool> ForThisMachine() =>
    [
        new(Subnet.Parse("172.17.0.0/16"), 16),
        new(Subnet.Parse("172.18.0.0/16"), 16),
        new(Subnet.Parse("172.19.0.0/16"), 16),
        new(Subnet.Parse("172.20.0.0/14"), 16),
        new(Subnet.Parse("172.24.0.0/14"), 16),
        new(Subnet.Parse("172.28.0.0/14"), 16),
        new(Subnet.Parse("192.168.0.0/16"), 20),
        new(Subnet.Parse("10.48.0.0/12"), 24) { IsReserve = true },
        new(Subnet.Parse("10.64.0.0/11"), 24) { IsReserve = true },
        UniqueLocalPool(),
    ];

    /// <summary>For networks of a cluster.</summary>
    public static IReadOnlyList<DefaultPool> Global { get; } = [new(Subnet.Parse("10.0.0.0/8"), 24)];

    public static DefaultPool UniqueLocalPool() => new(UniqueLocal(MachineId()), 64);

    /// <summary>A range of RFC 4193 whose 40-bit global id is taken from a hash of the machine's id, so that it stays the same.</summary>
    internal static Subnet UniqueLocal(string machineId)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(machineId));
        byte[] address = new byte[16];
        address[0] = 0xfd;
        hash.AsSpan(3, 5).CopyTo(address.AsSpan(1));   // the low 40 bits of the first 8 bytes, as Docker does
        return new Subnet(new IPAddress(address), 48);
    }

    private static string MachineId()
        => File.Exists(MachineIdPath) ? File.ReadAllText(MachineIdPath).Trim() : Environment.MachineName;
}
