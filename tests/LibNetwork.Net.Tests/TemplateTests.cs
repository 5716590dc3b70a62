using System.Net;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Networks that are only settings for others.</summary>
[Trait("Category", "Kernel")]
public sealed class TemplateTests
{
    private static readonly NetworkSpec Base = new()
    {
        Name = "base",
        ConfigOnly = true,
        EnableIPv6 = true,
        Pools =
        [
            new PoolSpec
            {
                Subnet = Subnet.Parse("10.40.0.0/16"),
                Range = Subnet.Parse("10.40.1.0/24"),
                Gateway = IPAddress.Parse("10.40.1.9"),
                Withheld = [AddressRange.Parse("10.40.1.0-10.40.1.7")],
                Reserved = new Dictionary<string, IPAddress> { ["printer"] = IPAddress.Parse("10.40.1.8") },
            },
        ],
        Options = new Dictionary<string, string> { [NetworkLabels.Mtu] = "1400", [NetworkLabels.Internal] = "false" },
        Labels = new Dictionary<string, string> { ["of"] = "base" },
    };

    private static CancellationToken Cancel => World.Cancel;

    public static TheoryData<string, NetworkErrorKind> Refused => new()
    {
        { "IPv4", NetworkErrorKind.Forbidden },
        { "IPv6", NetworkErrorKind.Forbidden },
        { "Pools", NetworkErrorKind.Forbidden },
        { "IpamDriver", NetworkErrorKind.Forbidden },
        { "IpamOptions", NetworkErrorKind.Forbidden },
        { "Options", NetworkErrorKind.Forbidden },
        { "Labels", NetworkErrorKind.Forbidden },
        { "both", NetworkErrorKind.Forbidden },
        { "internal template", NetworkErrorKind.Forbidden },
        { "internal by label", NetworkErrorKind.Forbidden },
        { "no template", NetworkErrorKind.Forbidden },
        { "nobody", NetworkErrorKind.NotFound },
    };

    [Fact, Trait("Feature", "CN-32")]
    public async Task A_network_takes_the_settings_of_its_template_which_takes_nothing_itself()
    {
        await using World world = await World.CreateAsync();
        IReadOnlyList<string> before = await KernelSnapshot.TakeAsync(world.Host);
        INetwork template = await world.Controller.CreateNetworkAsync(Base, Cancel);
        Assert.Equal(before, await KernelSnapshot.TakeAsync(world.Host));
        Assert.Empty(world.HeldAddresses);

        INetwork web = await world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "web", ConfigFrom = "base", Internal = true }, Cancel);

        Assert.Equal((true, "null", 0), (template.State.ConfigOnly, template.State.Driver, template.State.Pools.Count));
        NetworkState state = web.State;
        Assert.Equal((false, "base", "bridge", true, true), (state.ConfigOnly, state.ConfigFrom, state.Driver, state.EnableIPv6, state.Internal));
        Assert.Equal(("10.40.0.0/16", "10.40.1.0/24", "10.40.1.9"), ($"{state.Pools[0].Subnet}", $"{state.Pools[0].Range}", $"{state.Pools[0].Gateway}"));
        Assert.Equal("10.40.1.8", state.Pools[0].Reserved["printer"].ToString());
        Assert.Equal(("1400", "base"), (state.Options[NetworkLabels.Mtu], state.Labels["of"]));
        IEndpoint endpoint = await web.AttachAsync(await world.SandboxAsync("c"), new EndpointSpec { Name = "c" }, cancellationToken: Cancel);
        Assert.Equal("10.40.1.10", endpoint.State.IPv4!.Value.Address.ToString());   // those before are withheld, reserved, the gateway
    }

    [Fact, Trait("Feature", "CN-32")]
    public async Task A_template_carries_no_endpoint()
    {
        await using World world = await World.CreateAsync();
        INetwork template = await world.Controller.CreateNetworkAsync(Base, Cancel);
        ISandbox sandbox = await world.SandboxAsync("c");
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);

        NetworkException created = await Assert.ThrowsAsync<NetworkException>(() => template.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel));
        NetworkException attached = await Assert.ThrowsAsync<NetworkException>(() => template.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel));
        NetworkException planned = await Assert.ThrowsAsync<NetworkException>(() => template.PlanAttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel));

        Assert.All([created, attached, planned], refused => Assert.Equal(NetworkErrorKind.Forbidden, refused.Kind));
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "the refusals");
    }

    [Theory, MemberData(nameof(Refused)), Trait("Feature", "CN-32")]
    public async Task What_does_not_go_together_is_refused(string what, NetworkErrorKind kind)
    {
        await using World world = await World.CreateAsync();
        await world.Controller.CreateNetworkAsync(Base, Cancel);
        await world.NetworkAsync("other");
        NetworkSpec made = new() { Name = "web", ConfigFrom = "base" };
        Dictionary<string, string> some = new() { ["a"] = "b" };
        NetworkSpec spec = what switch
        {
            "IPv4" => made with { EnableIPv4 = false },
            "IPv6" => made with { EnableIPv6 = true },
            "Pools" => made with { Pools = [new PoolSpec()] },
            "IpamDriver" => made with { IpamDriver = "null" },
            "IpamOptions" => made with { IpamOptions = some },
            "Options" => made with { Options = some },
            "Labels" => made with { Labels = some },
            "both" => made with { ConfigOnly = true },
            "internal template" => new NetworkSpec { Name = "web", ConfigOnly = true, Internal = true },
            "internal by label" => new NetworkSpec { Name = "web", ConfigOnly = true, Options = new Dictionary<string, string> { [NetworkLabels.Internal] = "true" } },
            "no template" => made with { ConfigFrom = "other" },
            _ => made with { ConfigFrom = "nobody" },
        };
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => world.Controller.CreateNetworkAsync(spec, Cancel));

        Assert.Equal(kind, refused.Kind);
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "the refusal");
        await world.Controller.CreateNetworkAsync(made, Cancel);   // nothing else was in the way
    }

    [Fact, Trait("Feature", "CN-33")]
    public async Task A_template_in_use_stays_also_after_a_restart_and_goes_when_nobody_uses_it()
    {
        await using World world = await World.CreateAsync();
        await world.Controller.CreateNetworkAsync(Base, Cancel);
        await world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "web", ConfigFrom = world.Controller.GetNetwork("base").Id.Value }, Cancel);
        await Assert.ThrowsAsync<NetworkException>(() => world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "web", ConfigFrom = "base" }, Cancel));   // the name is taken
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        for (int process = 0; process < 2; process++)
        {
            NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => world.Controller.GetNetwork("base").DeleteAsync(Cancel));

            Assert.Equal((NetworkErrorKind.Forbidden, "\"web\""), (refused.Kind, refused.Holder));
            WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "the refusal");
            Assert.Empty((await world.RestartAsync()).Failures);
        }

        NetworkState kept = world.Controller.GetNetwork("base").State;
        Assert.Equal("10.40.1.8", kept.ConfiguredPools[0].Reserved["printer"].ToString());
        NetworkException planned = await Assert.ThrowsAsync<NetworkException>(() => world.Controller.PlanAsync(new NetworkSpec { Name = "planned", ConfigFrom = "base" }, Cancel));
        Assert.Equal(NetworkErrorReason.PoolOverlaps, planned.Reason);   // a plan has the template's pools too
        await world.Controller.GetNetwork("web").DeleteAsync(Cancel);
        await world.Controller.GetNetwork("base").DeleteAsync(Cancel);
        Assert.Empty(world.Controller.Networks);
        Assert.Empty(world.HeldAddresses);
    }

    [Fact, Trait("Feature", "CN-33")]
    public async Task Whoever_makes_a_network_while_its_template_is_deleted_has_both_or_neither()
    {
        await using World world = await World.CreateAsync();
        for (int round = 0; round < 30; round++)
        {
            INetwork template = await world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "base", ConfigOnly = true }, Cancel);
            Task<INetwork> making = Task.Run(() => world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "web", ConfigFrom = "base" }, Cancel), Cancel);
            Task deleting = Task.Run(() => template.DeleteAsync(Cancel), Cancel);
            await Task.WhenAll(making, deleting).ContinueWith(static _ => { }, Cancel, TaskContinuationOptions.None, TaskScheduler.Default);

            Assert.True(making.IsCompletedSuccessfully != deleting.IsCompletedSuccessfully, $"making {making.Exception}, deleting {deleting.Exception}");
            Assert.Equal(making.IsCompletedSuccessfully, world.Controller.TryGetNetwork("base", out _));
            foreach (string left in new[] { "web", "base" })
            {
                await (world.Controller.TryGetNetwork(left, out INetwork? network) ? network.DeleteAsync(Cancel) : Task.CompletedTask);
            }
        }
    }
}
