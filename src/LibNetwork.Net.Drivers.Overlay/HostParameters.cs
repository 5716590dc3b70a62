using LibNetwork.Linux;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Kernel parameters of the host's interfaces to a network.</summary>
internal static class HostParameters
{
    /// <summary>Neither bridge nor port speaks for anybody. With IPv6 the kernel gives it an address and routes.</summary>
    public static void TurnIPv6Off(KernelSession session, InterfaceName name)
    {
        try
        {
            session.WriteSysctl(session.HostNamespace, $"net/ipv6/conf/{name}/disable_ipv6", "1");
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.ENOENT)
        {
            // A kernel without IPv6.
        }
    }
}
