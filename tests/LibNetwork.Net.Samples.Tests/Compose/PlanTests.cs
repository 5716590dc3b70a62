using MiniRuntime.Compose;
using MiniRuntime.Compose.EngineClient;
using MiniRuntime.Compose.Plan;
using MiniRuntime.Compose.Reading;
using MiniRuntime.Engine.Model;

namespace LibNetwork.Samples.Tests.Compose;

public sealed class PlanTests
{
    private const string Shop =
        """
        services:
          web:
            image: bb
            command: httpd -f
            scale: 2
            ports: ["8080-8081:80"]
            depends_on: [db]
            networks: { front: , back: { aliases: [www], ipv6_address: } }
          db: { image: bb, networks: [back] }
          helper: { image: bb, network_mode: "service:db" }
        networks:
          front: { internal: true, driver_opts: { a: b } }
          back: { ipam: { config: [{ subnet: 10.5.0.0/24 }] } }
          unused:
        """;

    private static ProjectPlan Plan(string text) => Planner.Plan(StackReader.Read("stack.yml", text, _ => null), "shop", "/srv/shop/stack.yml");

    private static Changes Compare(ProjectPlan plan, ProjectState state) => Changes.Between(plan, state);

    /// <summary>What the engine has when a plan has been carried out.</summary>
    private static ProjectState StateAfter(ProjectPlan plan) => new(
        [.. plan.Networks.Select(network => new NetworkSummary { Id = $"id-{network.Name}", Name = network.Name, Labels = network.Creation?.Labels })],
        [.. plan.Containers.Select(container => new ContainerSummary
        {
            Id = $"id-{container.Name}",
            Names = [$"/{container.Name}"],
            ImageId = "sha256:1",
            Labels = container.Config.Labels,
            State = "running",
        })],
        new Dictionary<string, string> { ["bb"] = "sha256:1" });

    private static string Kinds(Changes changes) => string.Join(' ', changes.Networks.Select(change => change.Kind).Concat(changes.Containers.Select(change => change.Kind)));

    [Fact]
    public void Networks_that_are_used_are_planned_with_names_and_labels_of_the_project()
    {
        ProjectPlan plan = Plan(Shop);

        Assert.Equal(["shop_front", "shop_back"], plan.Networks.Select(network => network.Name));
        NetworkCreation front = plan.Networks[0].Creation!;
        Assert.True(front is { Internal: true, Driver: null, Ipam: null });
        Assert.Equal(("b", "shop", "front", plan.Networks[0].Hash), (front.Options!["a"], front.Labels![Labels.Project], front.Labels[Labels.Network], front.Labels[Labels.Hash]));
        Assert.Equal("10.5.0.0/24", plan.Networks[1].Creation!.Ipam!.Config!.Single().Subnet);
    }

    [Fact]
    public void Containers_come_after_those_that_they_depend_on()
        => Assert.Equal(["shop-db-1", "shop-web-1", "shop-web-2", "shop-helper-1"], Plan(Shop).Containers.Select(container => container.Name));

    [Fact]
    public void A_container_has_its_networks_ports_labels_and_aliases()
    {
        PlannedContainer web = Plan(Shop).Containers[2];

        Assert.Equal(["shop_front", "shop_back"], web.Endpoints.Select(endpoint => endpoint.Network));
        Assert.Equal(["shop-web-2", "web", "www"], web.Endpoints[1].Endpoint.Aliases!);
        Assert.Equal("shop_front", web.HostConfig.NetworkMode);
        Assert.Equal("8080-8081", web.HostConfig.PortBindings!["80/tcp"]!.Single().HostPort);
        Assert.Equal(["80/tcp"], web.Config.ExposedPorts!.Keys);
        Assert.Equal(["httpd", "-f"], web.Config.Cmd!);
        Assert.Equal(
            ["shop", "web", "2", "False", "db:service_started:false", "/srv/shop/stack.yml", "/srv/shop", web.Hash],
            new[] { Labels.Project, Labels.Service, Labels.Number, Labels.OneOff, Labels.DependsOn, Labels.ConfigFiles, Labels.WorkingFolder, Labels.Hash }
                .Select(label => web.Config.Labels![label]));
    }

    [Fact]
    public void A_service_can_share_the_network_of_another()
    {
        PlannedContainer helper = Plan(Shop).Containers[3];

        Assert.Equal("shop-db-1", helper.SharesNetworkOf);
        Assert.Empty(helper.Endpoints);
    }

    [Theory]
    [InlineData("image: bb, scale: 2", "image: bb, scale: 3", true)]
    [InlineData("image: bb, environment: { A: 1, B: 2 }", "image: bb, environment: [B=2, A=1]", true)]
    [InlineData("image: bb", "image: other", false)]
    [InlineData("image: bb", "image: bb, hostname: h", false)]
    [InlineData("image: bb", "image: bb, ports: [80]", false)]
    [InlineData("image: bb", "image: bb, privileged: true", false)]
    [InlineData("image: bb", "image: bb, labels: [a=b]", false)]
    [InlineData("image: bb", "image: bb, networks: { default: { aliases: [b] } }", false)]
    public void The_hash_changes_with_what_makes_a_difference_to_a_container(string before, string after, bool isSame)
    {
        string first = Plan($"services: {{ a: {{ {before} }} }}").Containers[0].Hash;
        string second = Plan($"services: {{ a: {{ {after} }} }}").Containers[0].Hash;

        Assert.Equal(isSame, first == second);
    }

    [Fact]
    public void The_hash_does_not_depend_on_where_the_file_is()
    {
        string elsewhere = Planner.Plan(StackReader.Read("stack.yml", Shop, _ => null), "shop", "/elsewhere/stack.yml").Containers[0].Hash;

        Assert.Equal(Plan(Shop).Containers[0].Hash, elsewhere);
    }

    [Fact]
    public void What_is_not_there_is_created()
    {
        ProjectPlan plan = Plan(Shop);

        Changes changes = Compare(plan, StateAfter(plan) with { Networks = [], Containers = [] });

        Assert.Equal("Create Create Create Create Create Create", Kinds(changes));
    }

    [Fact]
    public void What_is_there_and_the_same_stays_and_is_started_if_it_does_not_run()
    {
        ProjectPlan plan = Plan(Shop);
        ProjectState state = StateAfter(plan);
        ContainerSummary[] containers = [.. state.Containers];
        containers[1] = containers[1] with { State = "exited" };

        Changes changes = Compare(plan, state with { Containers = containers });

        Assert.Equal("Keep Keep Keep Start Keep Keep", Kinds(changes));
        Assert.Empty(changes.Surplus.Concat(changes.Orphans));
    }

    [Fact]
    public void What_differs_is_replaced_and_with_it_who_shares_its_network()
    {
        ProjectState state = StateAfter(Plan(Shop));

        Changes changes = Compare(Plan(Shop.Replace("db: { image: bb,", "db: { image: bb, hostname: h,", StringComparison.Ordinal)), state);

        Assert.Equal("Keep Keep Replace Keep Keep Replace", Kinds(changes));
    }

    [Fact]
    public void A_network_that_differs_is_replaced_with_all_containers_on_it()
    {
        ProjectState state = StateAfter(Plan(Shop));

        Changes changes = Compare(Plan(Shop.Replace("internal: true", "internal: false", StringComparison.Ordinal)), state);

        Assert.Equal("Replace Keep Keep Replace Replace Keep", Kinds(changes));
    }

    [Fact]
    public void An_image_that_was_imported_again_replaces_its_containers()
    {
        ProjectPlan plan = Plan("services: { a: { image: bb } }");

        Changes changes = Compare(plan, StateAfter(plan) with { Images = new Dictionary<string, string> { ["bb"] = "sha256:2" } });

        Assert.Equal("Keep Replace", Kinds(changes));
    }

    [Fact]
    public void Containers_beyond_the_number_and_of_services_that_are_gone_are_told_apart()
    {
        ProjectState state = StateAfter(Plan("services: { a: { image: bb, scale: 3 }, b: { image: bb, scale: 2 }, c: { image: bb } }"));

        Changes changes = Compare(Plan("services: { a: { image: bb }, b: { image: bb, scale: 0 } }"), state);

        Assert.Equal(["shop-a-2", "shop-a-3", "shop-b-1", "shop-b-2"], changes.Surplus.Select(container => container.Name));
        Assert.Equal(["shop-c-1"], changes.Orphans.Select(container => container.Name));
    }

    [Fact]
    public void An_external_network_must_be_there()
    {
        ProjectPlan plan = Plan("{ services: { a: { image: bb, networks: [n] } }, networks: { n: { external: true, name: street } } }");

        StackException exception = Assert.Throws<StackException>(() => Compare(plan, StateAfter(plan) with { Networks = [] }));

        Assert.Contains("street is external", exception.Message, StringComparison.Ordinal);
        Assert.Equal("Keep Create", Kinds(Compare(plan, StateAfter(plan) with { Containers = [] })));
    }

    [Fact]
    public void A_network_of_somebody_else_is_not_touched()
    {
        ProjectPlan plan = Plan("services: { a: { image: bb } }");

        StackException exception = Assert.Throws<StackException>(
            () => Compare(plan, StateAfter(plan) with { Networks = [new NetworkSummary { Id = "1", Name = "shop_default" }] }));

        Assert.Contains("is not of project shop", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_is_not_there_is_said_before_anything_is_made()
    {
        ProjectPlan plan = Plan("services: { a: { image: gone } }");

        StackException exception = Assert.Throws<StackException>(() => Compare(plan, StateAfter(plan)));

        Assert.Contains("Service a: the engine does not have the image gone", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_waits_for_the_end_of_another()
    {
        ProjectPlan plan = Plan("services: { a: { image: bb, depends_on: { init: { condition: service_completed_successfully } } }, init: { image: bb } }");

        Assert.Equal(["shop-init-1"], plan.Containers[1].WaitsForEndOf);
    }

    [Fact]
    public void A_container_asks_for_its_addresses()
    {
        EndpointSettings endpoint = Plan("services: { a: { image: bb, networks: { default: { ipv4_address: 10.0.0.7, mac_address: \"02:00:00:00:00:07\" } } } }").Containers[0].Endpoints[0].Endpoint;

        Assert.Equal(("10.0.0.7", "02:00:00:00:00:07"), (endpoint.IpamConfig!.IPv4Address, endpoint.MacAddress));
    }
}
