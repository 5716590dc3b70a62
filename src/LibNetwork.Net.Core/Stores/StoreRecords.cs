using System.Text.Json;

namespace LibNetwork.Stores;

/// <summary>Writes records as JSON.</summary>
internal static class StoreRecords
{
    public static StoreTransaction Put(NetworkState state, RecordPhase phase)
        => Put(StoreKeys.Network(state.Id), JsonSerializer.SerializeToUtf8Bytes(
            new NetworkRecord(
                phase, state.Id.Value, state.Name, state.Driver, state.Created, state.EnableIPv4, state.EnableIPv6, state.Internal,
                state.IpamDriver, state.IpamOptions, state.Options, state.Labels, [.. state.Pools.Select(ToRecord)]),
            StoreRecordContext.Default.NetworkRecord));

    public static StoreTransaction Put(EndpointState state, string? poolIPv4, string? poolIPv6, RecordPhase phase)
        => Put(StoreKeys.Endpoint(state.NetworkId, state.Id), JsonSerializer.SerializeToUtf8Bytes(
            new EndpointRecord(
                phase, state.Id.Value, state.NetworkId.Value, state.Name, state.MacAddress?.ToString(), state.IPv4?.ToString(),
                state.IPv6?.ToString(), poolIPv4, poolIPv6, state.SandboxId?.Value, state.InterfaceName?.Value, state.DnsNames),
            StoreRecordContext.Default.EndpointRecord));

    public static StoreTransaction Put(SandboxState state, RecordPhase phase)
        => Put(StoreKeys.Sandbox(state.Id), JsonSerializer.SerializeToUtf8Bytes(
            new SandboxRecord(phase, state.Id.Value, state.ContainerId, state.NamespacePath, state.UsesHostNamespace),
            StoreRecordContext.Default.SandboxRecord));

    public static StoreTransaction Delete(string key) => new() { Deletes = [key] };

    private static StoreTransaction Put(string key, byte[] value) => new() { Puts = [(key, value)] };

    private static PoolRecord ToRecord(NetworkPool pool) => new(
        pool.PoolId,
        pool.Subnet.ToString(),
        pool.Range?.ToString(),
        pool.Gateway?.ToString(),
        pool.Reserved.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()));
}
