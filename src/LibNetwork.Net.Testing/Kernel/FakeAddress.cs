using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Testing.Kernel;

/// <summary>An address of an interface.</summary>
internal sealed record FakeAddress(FakeLink Link, IPAddress Address, byte PrefixLength)
{
    public byte Family => Address.AddressFamily == AddressFamily.InterNetwork ? WireConstants.AF_INET : WireConstants.AF_INET6;

    public byte HostLength => (byte)(Family == WireConstants.AF_INET ? 32 : 128);

    /// <summary>The subnet that it is in.</summary>
    public IPNetwork Subnet => FakeRoute.Masked(Address, PrefixLength);
}
