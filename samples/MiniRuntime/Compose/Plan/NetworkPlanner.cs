using System.Text.Json;
using MiniRuntime.Compose.EngineClient;
using MiniRuntime.Compose.Model;

namespace MiniRuntime.Compose.Plan;

/// <summary>From a network of the file to one that must be there.</summary>
internal sealed class NetworkPlanner(string project)
{
    /// <summary>What the engine calls a network of the file.</summary>
    public static string NameOf(StackNetwork network, string project) => network.Name ?? $"{project}_{network.Key}";

    public PlannedNetwork Plan(StackNetwork network)
    {
        string name = NameOf(network, project);
        if (network.External)
        {
            return new PlannedNetwork(name, Creation: null, ConfigHash.Of(name));
        }

        NetworkCreation asked = new()
        {
            Name = name,
            Driver = network.Driver,
            Internal = network.Internal,
            Attachable = network.Attachable,
            EnableIPv4 = network.EnableIPv4,
            EnableIPv6 = network.EnableIPv6,
            Ipam = Ipam(network),
            Options = network.DriverOptions,
            Labels = network.Labels,
        };
        string hash = ConfigHash.Of(JsonSerializer.Serialize(asked, ClientJson.Default.NetworkCreation));
        Dictionary<string, string> labels = new(network.Labels)
        {
            [Labels.Project] = project,
            [Labels.Network] = network.Key,
            [Labels.Hash] = hash,
        };
        return new PlannedNetwork(name, asked with { Labels = labels }, hash);
    }

    private static NetworkIpam? Ipam(StackNetwork network)
        => network is { IpamDriver: null, Pools.Count: 0, IpamOptions.Count: 0 }
            ? null
            : new NetworkIpam
            {
                Driver = network.IpamDriver ?? "default",
                Config = [.. network.Pools.Select(Pool)],
                Options = network.IpamOptions,
            };

    private static NetworkIpamPool Pool(AddressPool pool)
        => new() { Subnet = pool.Subnet, Range = pool.Range, Gateway = pool.Gateway, AuxiliaryAddresses = pool.Reserved };
}
