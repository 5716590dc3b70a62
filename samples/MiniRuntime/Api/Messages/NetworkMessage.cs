using System.Text.Json.Serialization;
using LibNetwork;
using MiniRuntime.Engine.Containers;
using MiniRuntime.Engine.Networks;

namespace MiniRuntime.Api.Messages;

/// <summary>A network (<c>docker network inspect</c>).</summary>
internal sealed record NetworkMessage
{
    public required string Name { get; init; }

    public required string Id { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required string Scope { get; init; }

    public required string Driver { get; init; }

    public required bool EnableIPv4 { get; init; }

    public required bool EnableIPv6 { get; init; }

    [JsonPropertyName("IPAM")]
    public required IpamConfig Ipam { get; init; }

    public required bool Internal { get; init; }

    public required bool Attachable { get; init; }

    public required bool Ingress { get; init; }

    public required ConfigReference ConfigFrom { get; init; }

    public required bool ConfigOnly { get; init; }

    /// <summary>The running containers on it, by id.</summary>
    public required IReadOnlyDictionary<string, NetworkMemberMessage> Containers { get; init; }

    public required IReadOnlyDictionary<string, string> Options { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public static NetworkMessage Of(EngineNetwork network, IReadOnlyList<NetworkMember> members)
    {
        NetworkRequest asked = network.Request;
        NetworkState state = network.Network.State;
        return new NetworkMessage
        {
            Name = network.Name,
            Id = network.Id,
            Created = network.Created,
            Scope = network.Scope,
            Driver = network.Driver,
            EnableIPv4 = state.EnableIPv4,
            EnableIPv6 = state.EnableIPv6,
            Ipam = new IpamConfig
            {
                Driver = state.IpamDriver,
                Options = asked.Ipam?.Options,
                Config = state.ConfigOnly ? asked.Ipam?.Config ?? [] : [.. state.Pools.Select(Pool)],
            },
            Internal = state.Internal,
            Attachable = asked.Attachable,
            Ingress = asked.Ingress,
            ConfigFrom = asked.ConfigFrom ?? new ConfigReference(),
            ConfigOnly = asked.ConfigOnly,
            Containers = members.OrderBy(member => member.ContainerId, StringComparer.Ordinal).ToDictionary(member => member.ContainerId, NetworkMemberMessage.Of),
            Options = network.Options,
            Labels = network.Labels,
        };
    }

    private static IpamPoolConfig Pool(NetworkPool pool) => new()
    {
        Subnet = pool.Subnet.ToString(),
        IPRange = pool.Range?.ToString(),
        Gateway = pool.Gateway?.ToString(),
        AuxiliaryAddresses = pool.Reserved.Count == 0 ? null : pool.Reserved.ToDictionary(named => named.Key, named => named.Value.ToString()),
    };
}
