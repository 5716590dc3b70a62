using System.Net;
using LibNetwork.Cni.Attachments;
using LibNetwork.Cni.Configuration;
using LibNetwork.Cni.Errors;
using LibNetwork.Cni.Invocation;
using LibNetwork.Cni.Results;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Cni.Verbs;

/// <summary>CHECK: compares the kernel with what ADD said. It changes nothing and needs no turn.</summary>
internal static class CheckVerb
{
    public static async Task RunAsync(CniCall call, CancellationToken cancellationToken)
    {
        CniResult expected = call.Configuration.PrevResult
            ?? throw new CniException(CniErrorCode.InvalidConfiguration, "prevResult is missing, and CHECK is against it");
        (int position, ResultInterface inside) = expected.Interfaces.Index()
            .FirstOrDefault(link => link.Item.Name == call.Environment.InterfaceName && link.Item.Sandbox is { Length: > 0 });
        if (inside is null)
        {
            throw new CniException(CniErrorCode.InvalidConfiguration, $"prevResult has no interface {call.Environment.InterfaceName} in a container");
        }

        CableReading cable = await ReadAsync(call, cancellationToken).ConfigureAwait(false);
        string[] differences =
        [
            .. DifferencesOfLinks(call, inside, cable),
            .. DifferencesOfAddresses(expected.Ips.Where(address => (address.Interface ?? position) == position), cable),
            .. DifferencesOfRoutes(call, cable),
        ];
        if (differences.Length > 0)
        {
            throw new CniException(CniErrorCode.CheckFailed, $"{call.Subject} is not as it was made", string.Join("; ", differences));
        }
    }

    private static async Task<CableReading> ReadAsync(CniCall call, CancellationToken cancellationToken)
    {
        try
        {
            HostKernel kernel = HostKernel.Open();
            await using (kernel.ConfigureAwait(false))
            {
                using NetworkNamespace container = NetworkNamespace.Open(call.Environment.NamespacePath!);   // CHECK has one
                return await CableReading.ReadAsync(
                    kernel, container, call.Environment.InterfaceName, call.Configuration.Bridge, withRoutes: true, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (KernelException refused) when (refused.Subject == call.Environment.NamespacePath)
        {
            throw new CniException(CniErrorCode.CheckFailed, $"{call.Subject} has lost its namespace", refused.Message, refused);
        }
    }

    private static List<string> DifferencesOfLinks(CniCall call, ResultInterface expected, CableReading cable)
    {
        if (cable.Inside is not { } inside)
        {
            return [$"there is no interface {expected.Name} in the container"];
        }

        List<string> differences = [];
        void Require(bool holds, string difference)
        {
            if (!holds)
            {
                differences.Add(difference);
            }
        }

        string mac = AttachmentResult.TextOf(inside.PhysicalAddress);
        Require(inside.Up, $"{inside.Name} is down");
        Require(string.IsNullOrEmpty(expected.Mac) || string.Equals(mac, expected.Mac, StringComparison.OrdinalIgnoreCase), $"{inside.Name} has MAC address {mac}, not {expected.Mac}");
        Require(cable.Bridge is { Kind: "bridge", Up: true }, $"{call.Configuration.Bridge} is no bridge that is up");
        Require(cable.HostEnd is { Kind: "veth", Up: true }, $"the other end of {inside.Name} is no interface of the host that is up");
        Require(cable.HostEnd is null || cable.Bridge is null || cable.HostEnd.Master == cable.Bridge.Index, $"{cable.HostEnd?.Name} is no port of {call.Configuration.Bridge}");
        return differences;
    }

    private static IEnumerable<string> DifferencesOfAddresses(IEnumerable<ResultAddress> expected, CableReading cable)
        => expected.Where(address => !cable.Addresses.Any(present => $"{present.Address}/{present.PrefixLength}" == address.Address))
            .Select(static address => $"address {address.Address} is missing");

    /// <summary>The routes of this network's own configuration: those in the result may be other plugins' as well.</summary>
    private static IEnumerable<string> DifferencesOfRoutes(CniCall call, CableReading cable)
    {
        NetworkSpec network = NetworkPlan.Of(call.Configuration);
        NetworkPool[] pools = [.. network.Pools.Select(static pool => new NetworkPool { PoolId = string.Empty, Subnet = pool.Subnet!.Value, Gateway = pool.Gateway })];   // a plan names its subnets
        foreach (ResultRoute route in RoutePlan.Of(call.Configuration).ToResult(pools))
        {
            IPNetwork destination = Subnet.Parse(route.Dst).ToIPNetwork();
            IPAddress? router = IPAddress.TryParse(route.Gw, out IPAddress? own)
                ? own
                : pools.First(pool => pool.Subnet.Family == destination.BaseAddress.AddressFamily).Gateway;
            if (!cable.Routes.Any(present => present.Destination.Equals(destination) && Equals(present.Gateway, router)))
            {
                yield return $"the route to {route.Dst} by {router} is missing";
            }
        }
    }
}
