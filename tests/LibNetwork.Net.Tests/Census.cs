using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Tests;

/// <summary>Compares the controller's lists with the kernel: bridges with networks, pinned namespaces with sandboxes, cables with joined endpoints.</summary>
internal static class Census
{
    private const string CablePrefix = "veth";

    /// <summary>Each is in the kernel if and only if it is listed.</summary>
    public static async Task AssertAgreesAsync(World world, string? cause)
    {
        (HashSet<string> kernel, HashSet<string> listed) = await CountAsync(world);

        Assert.True(kernel.SetEquals(listed), $"after \"{cause}\", in the kernel: {Text(kernel)}; listed: {Text(listed)}");
    }

    /// <summary>Whatever is in the kernel is still listed, so that somebody can remove it.</summary>
    public static async Task AssertNothingIsForgottenAsync(World world, string? cause)
    {
        (HashSet<string> kernel, HashSet<string> listed) = await CountAsync(world);

        Assert.True(kernel.IsSubsetOf(listed), $"after \"{cause}\", in the kernel: {Text(kernel)}; listed: {Text(listed)}");
    }

    private static async Task<(HashSet<string> Kernel, HashSet<string> Listed)> CountAsync(World world)
    {
        await world.Controller.DrainAsync();
        IReadOnlyList<LinkInfo> links = await LinksAsync(world);
        string pins = Path.Combine(world.Host.RunDirectory, "netns");
        IEndpoint[] joined = [.. world.Controller.Networks.Where(IsBridge).SelectMany(network => network.Endpoints).Where(endpoint => endpoint.State.SandboxId is not null)];
        HashSet<string> kernel =
        [
            .. links.Where(link => link.Kind == "bridge").Select(link => $"network {link.Alias?.Split(' ')[0] ?? link.Name}"),
            .. Directory.Exists(pins) ? Directory.EnumerateFiles(pins).Select(pin => $"sandbox {pin}") : [],
            .. links.Where(link => link.Name.StartsWith(CablePrefix, StringComparison.Ordinal)).Select(link => $"endpoint {OwnerOf(link, joined)}"),
        ];
        HashSet<string> listed =
        [
            .. world.Controller.Networks.Where(IsBridge).Select(network => $"network libnetwork:network:{network.Id}"),
            .. world.Controller.Networks.Where(HasTunnels).Select(network => $"network libnetwork:overlay:{network.Id}"),
            .. world.Controller.Sandboxes.Where(sandbox => !sandbox.State.UsesHostNamespace).Select(sandbox => $"sandbox {sandbox.NamespacePath}"),
            .. joined.Select(endpoint => $"endpoint {endpoint.Id}"),
        ];
        return (kernel, listed);
    }

    private static bool IsBridge(INetwork network) => network.State.Driver == "bridge";

    /// <summary>The bridge of an overlay network is there while an endpoint is joined, and no longer.</summary>
    private static bool HasTunnels(INetwork network) => network.State.Driver == "overlay" && network.Endpoints.Any(static endpoint => endpoint.State.SandboxId is not null);

    /// <summary>A cable is called after digits of its endpoint's id.</summary>
    private static string OwnerOf(LinkInfo cable, IEndpoint[] endpoints)
        => endpoints.FirstOrDefault(endpoint => endpoint.Id.Value.Contains(cable.Name[CablePrefix.Length..], StringComparison.Ordinal))?.Id.Value ?? cable.Name;

    private static async Task<IReadOnlyList<LinkInfo>> LinksAsync(World world)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = world.Host.NamespacePath });
        return await kernel.RunAsync(static (session, _) => session.Route.DumpLinks(), 0);
    }

    private static string Text(HashSet<string> lines) => string.Join(", ", lines.Order(StringComparer.Ordinal));
}
