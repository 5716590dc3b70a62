namespace LibNetwork.Tests;

/// <summary>Names of networks, endpoints and containers; beside each that is refused stands one that is taken.</summary>
[Trait("Category", "Kernel")]
public sealed class BadNameTests
{
    private static readonly string Longest = new('n', ObjectName.MaxLength);

    private static CancellationToken Cancel => World.Cancel;

    public static TheoryData<string> Bad { get; } = ["", " ", "a/b", "../a", "a\0b", "a\nb", "-web", "--", Longest + "n"];

    public static TheoryData<string> Good { get; } = ["a", "a-b-", "a b", "_.:", "名前", Longest];

    [Theory, MemberData(nameof(Bad)), Trait("Feature", "CN-03")]
    public async Task A_bad_name_of_anything_is_an_invalid_argument_that_names_the_field(string name)
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");

        NetworkException ofNetwork = await Refusal.AssertAsync(world, NetworkErrorKind.InvalidArgument, () => world.NetworkAsync(name));
        NetworkException ofContainer = await Refusal.AssertAsync(world, NetworkErrorKind.InvalidArgument, () => world.SandboxAsync(name));
        NetworkException ofEndpoint = await Refusal.AssertAsync(
            world, NetworkErrorKind.InvalidArgument, () => network.CreateEndpointAsync(new EndpointSpec { Name = name }, Cancel));

        Assert.Equal(("Name", "ContainerId", "Name"), (ofNetwork.Field, ofContainer.Field, ofEndpoint.Field));
    }

    [Theory, MemberData(nameof(Good)), Trait("Feature", "CN-03")]
    public async Task A_good_name_of_anything_is_kept(string name)
    {
        await using World world = await World.CreateAsync();

        INetwork network = await world.NetworkAsync(name);
        ISandbox sandbox = await world.SandboxAsync(name);
        IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = name }, cancellationToken: Cancel);

        Assert.Equal((name, name, name), (network.Name, sandbox.ContainerId, endpoint.Name));
        Assert.Same(endpoint, world.Controller.GetNetwork(name).GetEndpoint(name));
    }
}
