using LibNetwork;

namespace MiniRuntime.Engine.Networks;

/// <summary>A network of the engine: the library's, and how it was asked for.</summary>
internal sealed class EngineNetwork
{
    /// <summary>The driver of networks that all engines of a cluster have.</summary>
    public const string ClusterDriver = "overlay";

    /// <summary>How far networks reach that are one engine's, as Docker says it.</summary>
    public const string HostScope = "local";

    /// <summary>How far networks reach that the engines of a cluster share. Docker says so of those that no swarm has made.</summary>
    public const string ClusterScope = "global";

    /// <summary>The library's network.</summary>
    public required INetwork Network { get; init; }

    /// <summary>Whether it is only a configuration for others (<c>ConfigOnly</c>).</summary>
    public bool IsConfiguration => Network.State.ConfigOnly;

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Driver { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>How it was asked for, with the configuration that it took over.</summary>
    public required NetworkRequest Request { get; init; }

    /// <summary>Whether it is always there: <c>bridge</c>, <c>host</c> or <c>none</c>.</summary>
    public bool IsBuiltIn => BuiltInNetworks.Contains(Name);

    /// <summary>Whether the user chose a subnet, without which no container may ask for an address.</summary>
    public bool HasConfiguredSubnet => Request.Ipam?.Config?.Any(pool => !string.IsNullOrEmpty(pool.Subnet)) == true;

    public string Scope => Network.State.Scope == NetworkScope.Global ? ClusterScope : HostScope;

    public IReadOnlyDictionary<string, string> Options => Network.State.Options;

    public IReadOnlyDictionary<string, string> Labels => Network.State.Labels;

    /// <summary>A network that was asked for through the engine.</summary>
    public static EngineNetwork Of(NetworkRecord record, INetwork network) => new()
    {
        Network = network,
        Id = record.Id,
        Name = record.Request.Name ?? string.Empty,
        Driver = network.State.Driver,
        Created = record.Created,
        Request = record.Request,
    };

    /// <summary>A network that only the library has a record of: a built-in one, the one that gives sandboxes a way out, or one that another engine has created.</summary>
    public static EngineNetwork Of(INetwork network) => new()
    {
        Network = network,
        Id = network.Id.Value,
        Name = network.Name,
        Driver = network.State.Driver,
        Created = network.State.Created,
        Request = new NetworkRequest { Name = network.Name, Attachable = network.State.IsShared, Ipam = network.State.IsShared ? PoolsOf(network.State) : null },
    };

    private static IpamConfig PoolsOf(NetworkState state)
        => new() { Driver = state.IpamDriver, Config = [.. state.Pools.Select(static pool => new IpamPoolConfig { Subnet = pool.Subnet.ToString() })] };
}
