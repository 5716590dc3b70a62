using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Sandboxes;

/// <content>Reading a namespace of which nothing is on record.</content>
internal sealed partial class SandboxNamespace
{
    private const uint MainTable = 254;

    /// <summary>Reads what a pinned namespace shows of itself.</summary>
    /// <returns><see langword="null"/> when the file is no namespace.</returns>
    public static ValueTask<SandboxDescription?> DescribeAsync(HostKernel kernel, string path, CancellationToken cancellationToken)
        => kernel.RunAsync(static (session, path) => Describe(session, path), path, cancellationToken);

    private static SandboxDescription? Describe(KernelSession session, string path)
    {
        try
        {
            using NetworkNamespace inside = session.OpenNamespace(path);
            using RtNetlink route = session.OpenRoute(inside);
            IReadOnlyList<LinkInfo> links = route.DumpLinks();
            return new SandboxDescription(
                links.FirstOrDefault(link => link.Index == Loopback)?.Alias,
                session.Route.IdentifyNamespace(inside),
                links.ToDictionary(link => link.Index, link => link.Name),
                route.DumpAddresses().Where(address => address.Address.AddressFamily == AddressFamily.InterNetworkV6)
                    .Select(address => (address.Index, address.Address)).ToHashSet(),
                route.DumpRoutes().FirstOrDefault(IsIPv4Default)?.OutputInterface);
        }
        catch (KernelException exception) when (exception.Errno is LinuxErrno.ENOENT or LinuxErrno.EINVAL)
        {
            return null;
        }
    }

    private static bool IsIPv4Default(RouteInfo route)
        => route.Table == MainTable && route.Destination.PrefixLength == 0 && route.Destination.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
}
