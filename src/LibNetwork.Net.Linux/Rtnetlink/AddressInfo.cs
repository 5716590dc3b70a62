using System.Net;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>An address of a link as the kernel has it.</summary>
/// <param name="Index">The link.</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">The length of its subnet's prefix, in bits.</param>
/// <param name="IsTentative">Whether duplicate detection is still under way (IPv6).</param>
public sealed record AddressInfo(int Index, IPAddress Address, int PrefixLength, bool IsTentative);
