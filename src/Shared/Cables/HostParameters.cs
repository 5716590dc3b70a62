using LibNetwork.Linux;

namespace LibNetwork.Drivers.Cables;

/// <summary>Kernel parameters of the host's interfaces to a network.</summary>
internal static class HostParameters
{
    /// <summary>The parameter that keeps an interface from speaking for itself.</summary>
    public static string IPv6Off(string name) => $"net/ipv6/conf/{name}/disable_ipv6";

    /// <summary>A bridge's port speaks for nobody. With IPv6 the kernel gives it an address and routes, and walks those of all ports for each.</summary>
    public static void TurnIPv6Off(KernelSession session, string name)
    {
        try
        {
            session.WriteSysctl(session.HostNamespace, IPv6Off(name), "1");
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.ENOENT)
        {
            // A kernel without IPv6.
        }
    }
}
