using System.Text;
using LibNetwork.Stores;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>All that a verb could leave behind, as lines of text: the kernel, inside the sandboxes too, the store, IPAM and the controller's lists.</summary>
internal static class WorldSnapshot
{
    public static async Task<IReadOnlyList<string>> TakeAsync(World world)
    {
        await world.Controller.DrainAsync();
        List<string> lines = [.. await KernelSnapshot.TakeAsync(world.Host)];
        foreach (ISandbox sandbox in world.Controller.Sandboxes)
        {
            lines.Add(
                $"object {sandbox.ContainerId}: {string.Join(' ', sandbox.State.Endpoints)}, out by {sandbox.State.GatewayIPv4} and {sandbox.State.GatewayIPv6}");
            lines.AddRange((await KernelSnapshot.TakeAsync(sandbox.NamespacePath)).Select(line => $"in {sandbox.ContainerId}: {line}"));
        }

        foreach (INetwork network in world.Controller.Networks)
        {
            lines.Add($"object {network.Name}");
            lines.AddRange(network.Endpoints.Select(endpoint => Of(endpoint.State)));
        }

        lines.AddRange((await world.Store.ListAsync(string.Empty, World.Cancel)).Select(entry => $"stored {entry.Key} {Encoding.UTF8.GetString(entry.Value.Span)}"));
        lines.AddRange(world.HeldAddresses.Select(held => $"held {held}"));
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    /// <summary>
    /// The same without what is another each time that an endpoint joins: where the former cable is not gone yet, the host's end gets another part of the
    /// endpoint's id as its name, and sets are listed in another order.
    /// </summary>
    public static async Task<IReadOnlyList<string>> TakeWithoutCableNamesAsync(World world)
    {
        const int Digits = 7, Choices = 9;
        List<string> lines = [.. await TakeAsync(world)];
        foreach (string id in world.Controller.Networks.SelectMany(network => network.Endpoints).Select(endpoint => endpoint.Id.Value))
        {
            for (int choice = 1; choice < Choices; choice++)
            {
                lines = [.. lines.Select(line => line.Replace($"veth{id.Substring(choice * Digits, Digits)}", $"veth{id[..Digits]}", StringComparison.Ordinal))];
            }
        }

        lines = [.. lines.Select(static line => line.StartsWith("nft ", StringComparison.Ordinal) ? line["nft ".Length..].Replace("elements = {", string.Empty, StringComparison.Ordinal).Trim(' ', '\t', ',', '}') : line)];
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    public static void AssertEqual(IReadOnlyList<string> before, IReadOnlyList<string> after, string cause)
    {
        IEnumerable<string> lost = before.Except(after).Select(line => $"- {line}"), found = after.Except(before).Select(line => $"+ {line}");

        Assert.True(before.SequenceEqual(after), $"after {cause}:\n{string.Join('\n', lost.Concat(found))}");
    }

    private static string Of(EndpointState state)
        => $"object {state.Name} on {state.NetworkId}: {state.MacAddress} {state.IPv4} {state.IPv6} as {state.InterfaceName} in {state.SandboxId}, "
            + $"by {state.GatewayIPv4} {state.GatewayIPv6}, called {string.Join(' ', state.DnsNames)}, "
            + $"at {string.Join(' ', state.PublishedPorts)}, {string.Join(' ', state.Details)}";
}
