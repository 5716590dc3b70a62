using System.Net;
using System.Net.NetworkInformation;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>A neighbour or forwarding entry as the kernel has it.</summary>
/// <param name="Index">The link.</param>
/// <param name="Address">The address, or for a forwarding entry the peer; <see langword="null"/> when it has none.</param>
/// <param name="HardwareAddress">The hardware address.</param>
/// <param name="IsPermanent">Whether it was set by hand.</param>
public sealed record NeighbourInfo(int Index, IPAddress? Address, PhysicalAddress HardwareAddress, bool IsPermanent);
