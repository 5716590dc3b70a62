using System.Net;
using System.Text.Json;
using LibNetwork.Drivers;

namespace LibNetwork.Stores;

/// <summary>Turns the model into records and back; records are JSON.</summary>
internal static class StoreRecords
{
    /// <remarks>What is under way is under way in the kernel; only what is done has been promised.</remarks>
    public static StoreTransaction Put(NetworkState state, RecordPhase phase)
        => Put(
            StoreKeys.Network(state.Id), RecordWriter.Write(ToRecord(state, phase)),
            phase == RecordPhase.Ready ? StoreDurability.Disk : StoreDurability.Process);

    public static NetworkRecord ToRecord(NetworkState state, RecordPhase phase) => new(
        phase, state.Id.Value, state.Name, state.Driver, state.Created, state.EnableIPv4, state.EnableIPv6, state.Internal,
        state.IpamDriver, state.IpamOptions, state.Options, state.Labels, [.. state.Pools.Select(ToRecord)],
        state.ConfigOnly, state.ConfigFrom, state.ConfigOnly ? [.. state.ConfiguredPools.Select(ToRecord)] : null, state.IsShared);

    public static StoreTransaction Put(KeptEndpoint kept, RecordPhase phase, StoreDurability durability)
    {
        EndpointState state = kept.State;
        return Put(StoreKeys.Endpoint(state.NetworkId, state.Id), RecordWriter.Write(
            new EndpointRecord(
                phase, state.Id.Value, state.NetworkId.Value, state.Name, state.Created, state.MacAddress?.ToString(), state.IPv4?.ToString(),
                state.IPv6?.ToString(), kept.PoolIPv4, kept.PoolIPv6, [.. state.LinkLocalAddresses.Select(address => address.ToString())],
                state.DnsNames, [.. state.ExposedPorts.Select(port => port.ToString())], kept.Options, kept.InterfacePrefix, ToRecord(kept),
                TextOf(state.PortBindings), TextOf(state.PublishedPorts), DiscoveryRecords.ToRecord(state.Discovery),
                state.Egress is { } egress ? [.. egress.Allowed.Select(static rule => rule.ToString())] : null)), durability);
    }

    /// <remarks>A sandbox ends with the machine at the latest, and so may its record.</remarks>
    public static StoreTransaction Put(
        SandboxState state, IReadOnlyDictionary<string, string> options, RecordPhase phase, IReadOnlyList<RejoinRecord>? rejoins = null)
        => Put(StoreKeys.Sandbox(state.Id), RecordWriter.Write(
            new SandboxRecord(
                phase, state.Id.Value, state.ContainerId, state.NamespacePath, state.UsesHostNamespace, options, DiscoveryRecords.ToRecord(state.Dns),
                state.UsesGivenNamespace, rejoins)), StoreDurability.Process);

    public static StoreTransaction Delete(string key, StoreDurability durability = StoreDurability.Disk) => new() { Deletes = [key], Durability = durability };

    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Internal"/>: the entry is not such a record.</exception>
    public static (RecordPhase Phase, NetworkState State) ReadNetwork(StoreEntry entry, Func<string, NetworkScope> scopeOfDriver)
    {
        NetworkRecord record = Read(entry, RecordReader.ReadNetwork);
        return (record.Phase, FromRecord(record, scopeOfDriver(record.Driver)));
    }

    public static NetworkState FromRecord(NetworkRecord record, NetworkScope scope) => new()
    {
        Id = new NetworkId(record.Id),
        Name = record.Name,
        Driver = record.Driver,
        Scope = scope,
        IsShared = record.IsShared,
        Created = record.Created,
        EnableIPv4 = record.EnableIPv4,
        EnableIPv6 = record.EnableIPv6,
        Internal = record.Internal,
        Pools = [.. record.Pools.Select(FromRecord)],
        ConfigOnly = record.ConfigOnly,
        ConfigFrom = record.ConfigFrom,
        ConfiguredPools = [.. (record.ConfiguredPools ?? []).Select(FromRecord)],
        IpamDriver = record.IpamDriver,
        IpamOptions = record.IpamOptions,
        Options = record.Options,
        Labels = record.Labels,
    };

    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Internal"/>: the entry is not such a record.</exception>
    public static (RecordPhase Phase, KeptEndpoint Endpoint) ReadEndpoint(StoreEntry entry)
    {
        EndpointRecord record = Read(entry, RecordReader.ReadEndpoint);
        JoinRecord? join = record.Join;
        return (record.Phase, new KeptEndpoint
        {
            State = new EndpointState
            {
                Id = new EndpointId(record.Id),
                Name = record.Name,
                NetworkId = new NetworkId(record.NetworkId),
                Created = record.Created,
                MacAddress = record.MacAddress is { } mac ? MacAddress.Parse(mac) : null,
                IPv4 = record.IPv4 is { } ipv4 ? InterfaceAddress.Parse(ipv4) : null,
                IPv6 = record.IPv6 is { } ipv6 ? InterfaceAddress.Parse(ipv6) : null,
                LinkLocalAddresses = [.. record.LinkLocalAddresses.Select(IPAddress.Parse)],
                DnsNames = record.DnsNames,
                Discovery = DiscoveryRecords.FromRecord(record.Discovery),
                ExposedPorts = [.. record.ExposedPorts.Select(TransportPort.Parse)],
                PortBindings = [.. (record.PortBindings ?? []).Select(PortBinding.Parse)],
                Egress = record.Egress is { } egress ? EgressPolicy.Allow([.. egress]) : null,
                PublishedPorts = [.. (record.PublishedPorts ?? []).Select(PortBinding.Parse)],
                SandboxId = join is null ? null : new SandboxId(join.SandboxId),
                InterfaceName = Name(join?.InterfaceName),
                GatewayIPv4 = Address(join?.GatewayIPv4),
                GatewayIPv6 = record.IPv6 is null ? null : Address(join?.GatewayIPv6),
            },
            Options = record.Options,
            InterfacePrefix = record.InterfacePrefix,
            PoolIPv4 = record.PoolIPv4,
            PoolIPv6 = record.PoolIPv6,
            Join = join is null ? null : FromRecord(join),
            JoinPhase = join?.Phase ?? RecordPhase.Ready,
            GatewayPriority = join?.GatewayPriority ?? 0,
        });
    }

    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Internal"/>: the entry is not such a record.</exception>
    public static (RecordPhase Phase, SandboxState State, IReadOnlyDictionary<string, string> Options, IReadOnlyList<RejoinRecord> Rejoins) ReadSandbox(StoreEntry entry)
    {
        SandboxRecord record = Read(entry, RecordReader.ReadSandbox);
        return (
            record.Phase,
            new SandboxState
            {
                Id = new SandboxId(record.Id),
                ContainerId = record.ContainerId,
                NamespacePath = record.NamespacePath,
                UsesHostNamespace = record.UsesHostNamespace,
                UsesGivenNamespace = record.UsesGivenNamespace,
                Dns = DiscoveryRecords.FromRecord(record.Dns),
            },
            record.Options,
            record.Rejoins ?? []);
    }

    private static StoreTransaction Put(string key, byte[] value, StoreDurability durability) => new() { Puts = [(key, value)], Durability = durability };

    private static TRecord Read<TRecord>(StoreEntry entry, Func<ReadOnlySpan<byte>, TRecord> read)
    {
        try
        {
            return read(entry.Value.Span);
        }
        catch (Exception other) when (other is JsonException or ArgumentException)
        {
            throw new NetworkException(NetworkErrorKind.Internal, $"store entry {entry.Key}", "is not a record that this version wrote", other);
        }
    }

    private static PoolRecord ToRecord(NetworkPool pool) => new(
        pool.PoolId,
        pool.Subnet.ToString(),
        pool.Range?.ToString(),
        pool.Withheld.Count == 0 ? null : [.. pool.Withheld.Select(range => range.ToString())],
        pool.Gateway?.ToString(),
        pool.Reserved.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()));

    private static NetworkPool FromRecord(PoolRecord record) => new()
    {
        PoolId = record.PoolId,
        Subnet = Subnet.Parse(record.Subnet),
        Range = record.Range is { } range ? Subnet.Parse(range) : null,
        Withheld = [.. (record.Withheld ?? []).Select(AddressRange.Parse)],
        Gateway = Address(record.Gateway),
        Reserved = record.Reserved.ToDictionary(pair => pair.Key, pair => IPAddress.Parse(pair.Value)),
    };

    private static PoolSpecRecord ToRecord(PoolSpec pool) => new(
        pool.Subnet?.ToString(),
        pool.Family,
        pool.Range?.ToString(),
        pool.Withheld.Count == 0 ? null : [.. pool.Withheld.Select(range => range.ToString())],
        pool.Gateway?.ToString(),
        pool.Reserved.Count == 0 ? null : pool.Reserved.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()));

    private static PoolSpec FromRecord(PoolSpecRecord record) => new()
    {
        Subnet = record.Subnet is { } subnet ? Subnet.Parse(subnet) : null,
        Family = record.Family,
        Range = record.Range is { } range ? Subnet.Parse(range) : null,
        Withheld = [.. (record.Withheld ?? []).Select(AddressRange.Parse)],
        Gateway = Address(record.Gateway),
        Reserved = (record.Reserved ?? new Dictionary<string, string>()).ToDictionary(pair => pair.Key, pair => IPAddress.Parse(pair.Value)),
    };

    private static JoinRecord? ToRecord(KeptEndpoint kept)
        => kept.State.SandboxId is not { } sandbox || kept.Join is not { } join
            ? null
            : new JoinRecord(
                sandbox.Value, kept.State.InterfaceName?.Value, kept.GatewayPriority, join.SourceName?.Value, join.CreatedInSandbox, join.IsCutByDriver,
                join.OwnsSegment, join.GatewayIPv4?.ToString(), join.GatewayIPv6?.ToString(), join.ForceGatewayIPv4, join.ForceGatewayIPv6,
                join.DisableGatewayService, [.. join.Routes.Select(route => new RouteRecord(route.Destination.ToString(), route.NextHop?.ToString()))], kept.JoinPhase);

    private static DriverJoin FromRecord(JoinRecord record) => new()
    {
        SourceName = Name(record.SourceName),
        CreatedInSandbox = record.CreatedInSandbox,
        IsCutByDriver = record.IsCutByDriver,
        OwnsSegment = record.OwnsSegment,
        GatewayIPv4 = Address(record.GatewayIPv4),
        GatewayIPv6 = Address(record.GatewayIPv6),
        ForceGatewayIPv4 = record.ForceGatewayIPv4,
        ForceGatewayIPv6 = record.ForceGatewayIPv6,
        DisableGatewayService = record.DisableGatewayService,
        Routes = [.. record.Routes.Select(route => new SandboxRoute(Subnet.Parse(route.Destination), Address(route.NextHop)))],
    };

    private static IReadOnlyList<string>? TextOf(IReadOnlyList<PortBinding> bindings)
        => bindings.Count == 0 ? null : [.. bindings.Select(binding => binding.ToString())];

    private static IPAddress? Address(string? text) => text is null ? null : IPAddress.Parse(text);

    private static InterfaceName? Name(string? text) => text is null ? null : new InterfaceName(text);
}
