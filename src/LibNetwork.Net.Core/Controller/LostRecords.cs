using System.Collections.ObjectModel;
using System.Net;
using LibNetwork.Drivers;
using LibNetwork.Firewall;
using LibNetwork.Ipam;
using LibNetwork.Sandboxes;
using LibNetwork.Stores;

namespace LibNetwork.Controller;

/// <summary>
/// Writes the records that a store lost once more, from what the kernel shows: pinned namespaces, and what drivers find of theirs. After
/// that it is a start like any other. Once all that lives is on record the store has lost nothing any more.
/// </summary>
internal sealed class LostRecords(NetworkController controller)
{
    private const string IpamDriver = "default";   // the only one whose pools follow from their subnets
    private const int ShortId = 12;   // how a sandbox's pin is called

    private readonly Dictionary<NetworkId, NetworkState> _networks = [];
    private readonly Dictionary<int, (SandboxState State, SandboxDescription Inside)> _sandboxes = [];   // by the host's number for the namespace
    private readonly HashSet<string> _keys = [];   // what is on record
    private readonly List<StoreTransaction> _records = [];
    private readonly List<string> _rebuilt = [];
    private readonly List<string> _notRebuilt = [];

    /// <summary>What is on record again, and what is not known of it any more.</summary>
    public IReadOnlyList<string> Rebuilt => _rebuilt;

    /// <summary>What lives and is not on record, and why.</summary>
    public IReadOnlyList<string> NotRebuilt => _notRebuilt;

    private ControllerServices Services => controller.Services;

    public async Task RebuildAsync(CancellationToken cancellationToken)
    {
        await ReadRecordsAsync(cancellationToken).ConfigureAwait(false);
        await ReadSandboxesAsync(cancellationToken).ConfigureAwait(false);
        ILookup<IPAddress, PortBinding> bindings = Services.Firewall is NftFirewall firewall
            ? await firewall.ReadBindingsAsync(cancellationToken).ConfigureAwait(false)
            : Array.Empty<PortBinding>().ToLookup(static _ => IPAddress.None);
        foreach (INetworkDriver driver in controller.AllDrivers)
        {
            if (driver is IRecoverableDriver recoverable)
            {
                Rebuild(driver, await recoverable.RecoverAsync(cancellationToken).ConfigureAwait(false), bindings);
            }
        }

        await Services.Store.TryCommitAsync(
            new StoreTransaction
            {
                Puts = [.. _records.SelectMany(record => record.Puts)],
                Deletes = _notRebuilt.Count == 0 ? [LostState.Key] : [],
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What came on record since.</summary>
    private async Task ReadRecordsAsync(CancellationToken cancellationToken)
    {
        foreach (StoreEntry entry in await Services.Store.ListAsync(string.Empty, cancellationToken).ConfigureAwait(false))
        {
            _keys.Add(entry.Key);
            if (entry.Key.StartsWith(StoreKeys.Networks, StringComparison.Ordinal))
            {
                NetworkState state = StoreRecords.ReadNetwork(entry, controller.ScopeOf).State;
                _networks[state.Id] = state;
            }
        }
    }

    private async Task ReadSandboxesAsync(CancellationToken cancellationToken)
    {
        foreach (string path in Services.Kernel.ListPins(Services.NamespaceDirectory).Where(IsPin))
        {
            if (await SandboxNamespace.DescribeAsync(Services.Kernel, path, cancellationToken).ConfigureAwait(false) is { } inside)
            {
                Attempt($"namespace {path}", () => Rebuild(path, inside));
            }
        }
    }

    private static bool IsPin(string path) => Path.GetFileName(path) is { Length: ShortId } name && name.All(char.IsAsciiHexDigitLower);

    private void Rebuild(string path, SandboxDescription inside)
    {
        if (SandboxMark.Read(Services.Kernel.HostNamespace, inside.Mark) is not { } mark)
        {
            return;   // another host's, or somebody else's
        }

        // The mark is inside, where a container may write: the name of the pin is not.
        if (!mark.Id.Value.StartsWith(Path.GetFileName(path), StringComparison.Ordinal))
        {
            throw NetworkException.Conflict(Name(mark.ContainerId), "the mark inside is another sandbox's");
        }

        ObjectName.Checked(mark.ContainerId, "sandbox", nameof(SandboxState.ContainerId));
        if (_sandboxes.Values.FirstOrDefault(other => other.State.ContainerId == mark.ContainerId).State is { } holder)
        {
            throw NetworkException.Conflict(Name(mark.ContainerId), "is there twice", holder.NamespacePath);
        }

        SandboxState state = new() { Id = mark.Id, ContainerId = mark.ContainerId, NamespacePath = path, UsesGivenNamespace = mark.IsGiven };
        _sandboxes[inside.NamespaceId] = (state, inside);
        if (_keys.Add(StoreKeys.Sandbox(state.Id)))
        {
            _records.Add(StoreRecords.Put(state, ReadOnlyDictionary<string, string>.Empty, RecordPhase.Ready));
            _rebuilt.Add($"{Name(state.ContainerId)}, without its options and settings of its resolver");
        }

        static string Name(string containerId) => $"sandbox of container \"{containerId}\"";
    }

    private void Rebuild(INetworkDriver driver, RecoveredNetworks found, ILookup<IPAddress, PortBinding> bindings)
    {
        _notRebuilt.AddRange(found.Unknown);
        foreach (DriverNetworkRequest network in found.Networks)
        {
            Attempt($"network \"{network.Name}\"", () => Rebuild(driver, network, hasMore: found.WithoutOptions.Contains(network.Id)));
        }

        foreach (RecoveredEndpoint endpoint in found.Endpoints)
        {
            Attempt($"endpoint \"{endpoint.Request.Name}\"", () => Rebuild(endpoint, bindings));
        }
    }

    private void Rebuild(INetworkDriver driver, DriverNetworkRequest request, bool hasMore)
    {
        ObjectName.Checked(request.Name, "network");
        string subject = $"network \"{request.Name}\"";
        if (!_keys.Add(StoreKeys.Network(request.Id)))
        {
            return;
        }

        if (_networks.Values.FirstOrDefault(other => other.Name == request.Name) is { } holder)
        {
            throw NetworkException.Conflict(subject, "its name has been given away since", $"network {holder.Id}", "delete the other one and start again");
        }

        IIpamDriver ipam = controller.FindIpamDriver(IpamDriver) ?? throw NetworkException.NotFound($"IPAM driver \"{IpamDriver}\"");
        string addressSpace = driver.Capabilities.DataScope == NetworkScope.Local ? ipam.LocalAddressSpace : ipam.GlobalAddressSpace;
        NetworkState state = new()
        {
            Id = request.Id,
            Name = request.Name,
            Driver = driver.Name,
            Scope = driver.Capabilities.DataScope,
            Created = Services.Time.GetUtcNow(),
            EnableIPv4 = request.EnableIPv4,
            EnableIPv6 = request.EnableIPv6,
            Internal = request.Internal,
            Pools = [.. request.Pools.Select(pool => pool with { PoolId = new PoolId(addressSpace, pool.Subnet, Range: null).ToString() })],
            IpamDriver = ipam.Name,
            IpamOptions = ReadOnlyDictionary<string, string>.Empty,
            Options = request.Options,
            Labels = ReadOnlyDictionary<string, string>.Empty,
        };
        _networks[state.Id] = state;
        _records.Add(StoreRecords.Put(state, RecordPhase.Ready));
        string more = hasMore ? ", options of its driver" : string.Empty;
        _rebuilt.Add(
            $"{subject}, without its labels, ranges and reserved addresses of its pools, options of IPAM, time of creation{more}"
            + NameLost(request.Name, request.Id.Value));
    }

    private void Rebuild(RecoveredEndpoint found, ILookup<IPAddress, PortBinding> bindings)
    {
        DriverEndpointRequest request = found.Request;
        ObjectName.Checked(request.Name, "endpoint");
        if (!_keys.Add(StoreKeys.Endpoint(request.NetworkId, request.Id)))
        {
            return;
        }

        NetworkState network = _networks.GetValueOrDefault(request.NetworkId) ?? throw NetworkException.NotFound($"network {request.NetworkId}");
        if (!_sandboxes.TryGetValue(found.NamespaceId, out (SandboxState State, SandboxDescription Inside) sandbox)
            || sandbox.Inside.Interfaces.GetValueOrDefault(found.InterfaceIndex) is not { } name)
        {
            throw NetworkException.NotFound("its sandbox");
        }

        // Sysctls of the container may have turned IPv6 off when it joined.
        InterfaceAddress? ipv6 = request.IPv6 is { } own && sandbox.Inside.IPv6Addresses.Contains((found.InterfaceIndex, own.Address)) ? own : null;
        PortBinding[] ports = [.. Of(request.IPv4).Concat(Of(ipv6))];
        InterfaceName interfaceName = new(name);
        KeptEndpoint kept = new()
        {
            State = new EndpointState
            {
                Id = request.Id,
                Name = request.Name,
                NetworkId = network.Id,
                Created = Services.Time.GetUtcNow(),
                MacAddress = request.MacAddress,
                IPv4 = request.IPv4,
                IPv6 = ipv6,
                SandboxId = sandbox.State.Id,
                InterfaceName = interfaceName,
                GatewayIPv4 = found.Join.GatewayIPv4,
                GatewayIPv6 = ipv6 is null ? null : found.Join.GatewayIPv6,
                PortBindings = ports,
                PublishedPorts = ports,
                Egress = request.Egress,
            },
            Options = request.Options,
            InterfacePrefix = found.InterfacePrefix,
            PoolIPv4 = PoolOf(request.IPv4),
            PoolIPv6 = PoolOf(ipv6),
            Join = found.Join with { SourceName = interfaceName },
            GatewayPriority = sandbox.Inside.DefaultInterface == found.InterfaceIndex ? 1 : 0,   // it stays the way out
        };
        _records.Add(StoreRecords.Put(kept, RecordPhase.Ready, StoreDurability.Disk));
        _rebuilt.Add($"endpoint \"{request.Name}\" on network \"{network.Name}\", without its names for others, links, exposed ports, options"
            + (request.Egress is null ? string.Empty : ", and what it may reach, which is nothing until it is told anew")
            + NameLost(request.Name, request.Id.Value));

        IEnumerable<PortBinding> Of(InterfaceAddress? address) => address is { } held ? bindings[held.Address] : [];

        string? PoolOf(InterfaceAddress? address)
            => address is { } held ? network.Pools.FirstOrDefault(pool => pool.Subnet.Contains(held.Address))?.PoolId : null;
    }

    /// <summary>A mark without room for the name has the id only.</summary>
    private static string NameLost(string name, string id) => name == id ? ", and its name" : string.Empty;

    private void Attempt(string subject, Action rebuild)
    {
        try
        {
            rebuild();
        }
        catch (NetworkException reason)
        {
            _notRebuilt.Add($"{subject}: {reason.Message}");
        }
    }
}
