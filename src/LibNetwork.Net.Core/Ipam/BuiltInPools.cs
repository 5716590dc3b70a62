using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace LibNetwork.Ipam;

/// <summary>The default pools: Docker's for IPv4, and a unique local range for IPv6.</summary>
internal static class BuiltInPools
{
    private const string MachineIdPath = "/etc/machine-id";

    public static IReadOnlyList<DefaultPool> ForThisMachine() =>
    [
        new(Subnet.Parse("172.17.0.0/16"), 16),
        new(Subnet.Parse("172.18.0.0/16"), 16),
        new(Subnet.Parse("172.19.0.0/16"), 16),
        new(Subnet.Parse("172.20.0.0/14"), 16),
        new(Subnet.Parse("172.24.0.0/14"), 16),
        new(Subnet.Parse("172.28.0.0/14"), 16),
        new(Subnet.Parse("192.168.0.0/16"), 20),
        new(UniqueLocal(MachineId()), 64),
    ];

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
