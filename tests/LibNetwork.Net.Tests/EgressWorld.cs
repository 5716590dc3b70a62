using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>What tests of egress policies do to a world.</summary>
internal static class EgressWorld
{
    public const string SecondIPv4 = "192.0.2.3";   // of the machine outside
    public const string SecondIPv6 = "2001:db8:1::9";

    /// <summary>Makes a sandbox and puts it on a network, with a policy.</summary>
    public static async Task<ISandbox> RestrictAsync(this World world, INetwork network, string name, EgressPolicy? egress, params string[] ports)
    {
        ISandbox sandbox = await world.SandboxAsync(name);
        await network.AttachAsync(
            sandbox, new EndpointSpec { Name = name, Egress = egress, PortBindings = [.. ports.Select(PortBinding.Parse)] }, cancellationToken: World.Cancel);
        return sandbox;
    }

    /// <summary>Gives the machine outside more addresses.</summary>
    public static Task MoreOutsideAsync(this World world, params string[] addresses) => world.InKernelAsync(session =>
    {
        using RtNetlink outside = session.OpenRoute(world.Host.Outside);
        int index = outside.FindLink(TestHost.WireName)!.Index;   // the host has it
        foreach (string text in addresses.Length == 0 ? [SecondIPv4, SecondIPv6] : addresses)
        {
            IPAddress address = IPAddress.Parse(text);
            outside.Batch.AddAddress(index, address, address.AddressFamily == AddressFamily.InterNetwork ? (byte)24 : (byte)64);
        }

        outside.Batch.SettleLink(index);
        outside.Execute();
    });

    /// <summary>The sets' names that a policy has elements in.</summary>
    public static async Task<string> EgressSetsAsync(this World world)
    {
        string sets = string.Empty;
        foreach (string set in (string[])["restricted", "reach", "named", "namedprotocol", "namedport"])
        {
            sets += await Nft.RunAsync(world.Host, $"list set inet libnetwork {set}4") + await Nft.RunAsync(world.Host, $"list set inet libnetwork {set}6");
        }

        return sets;
    }

    /// <summary>What names opened.</summary>
    public static async Task<string> NamedAsync(this World world)
        => await Nft.RunAsync(world.Host, "list set inet libnetwork named4") + await Nft.RunAsync(world.Host, "list set inet libnetwork named6");
}
