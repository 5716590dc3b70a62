using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>What tests of networks on the host's wire do to a world.</summary>
internal static class WireWorld
{
    private const string Parent = "parent";

    /// <summary>Makes a network on the wire, or on the parent that a label names, with the upper halves of the wire's subnets.</summary>
    public static Task<INetwork> WireNetworkAsync(
        this World world, string driver, string name, IReadOnlyList<PoolSpec>? pools, bool ipv6, params (string Label, string Value)[] labels)
    {
        Dictionary<string, string> options = new() { [Parent] = TestHost.WireName };
        foreach ((string label, string value) in labels)
        {
            options[label] = value;
        }

        return world.Controller.CreateNetworkAsync(
            new NetworkSpec { Name = name, Driver = driver, EnableIPv6 = ipv6, Pools = pools ?? Pools(gateway: null), Options = options }, World.Cancel);
    }

    /// <summary>The upper halves of the wire's own subnets.</summary>
    public static PoolSpec[] Pools(string? gateway) =>
    [
        new PoolSpec
        {
            Subnet = new Subnet(IPAddress.Parse(TestHost.OutsideIPv4), 24),
            Range = Upper(TestHost.OutsideIPv4, 25),
            Gateway = gateway is null ? null : IPAddress.Parse(gateway),
        },
        new PoolSpec { Subnet = new Subnet(IPAddress.Parse(TestHost.OutsideIPv6), 64), Range = Upper(TestHost.OutsideIPv6, 65) },
    ];

    private static Subnet Upper(string address, int prefixLength)
    {
        byte[] bytes = IPAddress.Parse(address).GetAddressBytes();
        bytes[(prefixLength - 1) / 8] |= (byte)(0x80 >> ((prefixLength - 1) % 8));
        return new Subnet(new IPAddress(bytes), prefixLength);
    }

    /// <summary>Makes a sandbox and puts it on a network.</summary>
    public static async Task<(ISandbox Sandbox, IEndpoint Endpoint)> AttachNewAsync(this World world, INetwork network, string name)
    {
        ISandbox sandbox = await world.SandboxAsync(name);
        return (sandbox, await network.AttachAsync(sandbox, new EndpointSpec { Name = name }, cancellationToken: World.Cancel));
    }

    /// <summary>Reads something inside a sandbox.</summary>
    public static async Task<T> InsideAsync<T>(ISandbox sandbox, Func<RtNetlink, T> read)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = sandbox.NamespacePath });
        return await kernel.RunAsync(static (session, reader) => reader(session.Route), read);
    }
}
