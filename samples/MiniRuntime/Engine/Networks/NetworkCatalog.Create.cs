using LibNetwork;

namespace MiniRuntime.Engine.Networks;

internal sealed partial class NetworkCatalog
{
    /// <summary>Creates a network.</summary>
    /// <exception cref="EngineException">
    /// 400: a value is not valid. 403: the name or driver is a built-in network's, or a subnet is taken. 404: no such driver or configuration.
    /// 409: the name is taken.
    /// </exception>
    public async Task<EngineNetwork> CreateAsync(NetworkRequest request, CancellationToken cancellationToken)
    {
        string name = ObjectName.Checked(request.Name, "network");
        await _turn.WaitAsync(cancellationToken);
        try
        {
            RefuseTakenName(name);
            RefuseSwarm(request);
            IpamChecks.Check(request.Ipam);
            EngineNetwork network = await CreateRecordedAsync(request, cancellationToken);
            _recorded[network.Id] = network;
            Publish("create", network);
            return network;
        }
        finally
        {
            _turn.Release();
        }
    }

    private void RefuseTakenName(string name)
    {
        if (BuiltInNetworks.Contains(name) || name == "default")
        {
            throw EngineException.Forbidden($"operation is not permitted on predefined {name} network");
        }

        if (List().Any(network => network.Name == name))
        {
            throw EngineException.Conflict($"network with name {name} already exists");
        }
    }

    private void RefuseSwarm(NetworkRequest request)
    {
        // Without a cluster there is no such driver, and who asks for one has forgotten the cluster, not misspelt a name.
        bool isOverlay = NetworkPlan.DriverOf(request) == EngineNetwork.ClusterDriver;
        string scope = isOverlay ? EngineNetwork.ClusterScope : EngineNetwork.HostScope;
        if (request.Ingress || !(string.IsNullOrEmpty(request.Scope) || request.Scope == scope) || (isOverlay && !engine.Controller.Drivers.Contains(EngineNetwork.ClusterDriver)))
        {
            throw EngineException.NotASwarmManager();
        }
    }

    /// <summary>Finds the network whose settings another one takes; whether it may, the library knows.</summary>
    private EngineNetwork? FindConfiguration(NetworkRequest request)
        => request.ConfigName is not { } name ? null
            : Get(name) is { IsConfiguration: true } configuration ? configuration
            : throw EngineException.Forbidden($"{name} is not a configuration network");

    /// <summary>The record is written first: one without a network is forgotten at the next start, a network without one would lose what was asked.</summary>
    private async Task<EngineNetwork> CreateRecordedAsync(NetworkRequest request, CancellationToken cancellationToken)
    {
        NetworkId id = NetworkId.New();
        EngineNetwork? configuration = FindConfiguration(request);
        NetworkSpec spec = NetworkPlan.Of(request, id) with { ConfigFrom = configuration?.Id };
        if (!spec.ConfigOnly)
        {
            RefuseSingleton(spec.Driver);
        }

        NetworkRecord record = new()
        {
            Id = id.Value,
            Created = engine.Time.GetUtcNow(),
            Request = configuration is null ? request : request.WithConfiguration(configuration.Request) with { ConfigFrom = new ConfigReference { Network = configuration.Name } },
        };
        _files.Save(record);
        try
        {
            return EngineNetwork.Of(record, await engine.Controller.CreateNetworkAsync(spec, cancellationToken));
        }
        catch (Exception exception)
        {
            _files.Delete(record.Id);
            if (exception is NetworkException refused && InDockersWords(spec, refused) is { } said)
            {
                throw said;
            }

            throw;
        }
    }

    private static void RefuseSingleton(string driver)
    {
        if (BuiltInNetworks.IsSingleton(driver))
        {
            throw EngineException.Forbidden($"only one instance of \"{driver}\" network is allowed");
        }
    }

    private static EngineException? InDockersWords(NetworkSpec spec, NetworkException refused) => refused.Reason switch
    {
        _ when refused is { Kind: NetworkErrorKind.NotFound, Field: nameof(NetworkSpec.Driver) }
            => EngineException.NotFound($"could not find a network driver: plugin \"{spec.Driver}\" not found"),
        NetworkErrorReason.PoolOverlaps
            => EngineException.Forbidden($"invalid pool request: Pool overlaps with other one on this address space ({refused.Message})"),
        NetworkErrorReason.PoolsExhausted
            => new EngineException(500, $"all predefined address pools have been fully subnetted ({refused.Message})"),
        _ => null,
    };
}
