using LibNetwork.Drivers;

namespace LibNetwork.Controller;

/// <summary>Networks that are only settings for others.</summary>
internal static class Template
{
    private static readonly NetworkSpec Default = new() { Name = string.Empty };

    /// <summary>Stands for the driver of a template, which has none: nothing is built.</summary>
    public static INetworkDriver Driver { get; } = new NoDriver();

    /// <summary>Checks what a template may not be, and what may not be said beside one.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Forbidden"/>.</exception>
    public static void Check(NetworkSpec spec, string subject)
    {
        if (spec.ConfigOnly && spec.Internal)
        {
            throw NetworkException.Forbidden(subject, "a template of settings cannot be internal", remedy: "say so of the networks that are made from it");
        }

        if (spec.ConfigOnly && spec.ConfigFrom is not null)
        {
            throw NetworkException.Forbidden(subject, "a template of settings cannot be made from another one");
        }

        if (spec.ConfigFrom is not null && OwnSetting(spec) is { } own)
        {
            throw new NetworkException(NetworkErrorKind.Forbidden, subject, $"{own} is given beside network \"{spec.ConfigFrom}\", whose settings it takes")
            {
                Field = own,
                Remedy = "leave it out, or change the template",
            };
        }
    }

    /// <summary>A network's spec with the settings of its template.</summary>
    public static NetworkSpec Apply(NetworkSpec spec, NetworkState template) => spec with
    {
        EnableIPv4 = template.EnableIPv4,
        EnableIPv6 = template.EnableIPv6,
        Pools = template.ConfiguredPools,
        IpamDriver = template.IpamDriver,
        IpamOptions = template.IpamOptions,
        Options = template.Options.Where(static option => option.Key != NetworkLabels.Internal).ToDictionary(),   // that is the network's own
        Labels = template.Labels,
    };

    private static string? OwnSetting(NetworkSpec spec)
        => spec.EnableIPv4 != Default.EnableIPv4 ? nameof(spec.EnableIPv4)
            : spec.EnableIPv6 != Default.EnableIPv6 ? nameof(spec.EnableIPv6)
            : spec.Pools.Count > 0 ? nameof(spec.Pools)
            : spec.IpamDriver != Default.IpamDriver ? nameof(spec.IpamDriver)
            : spec.IpamOptions.Count > 0 ? nameof(spec.IpamOptions)
            : spec.Options.Count > 0 ? nameof(spec.Options)
            : spec.Labels.Count > 0 ? nameof(spec.Labels)
            : null;

    private sealed class NoDriver : INetworkDriver
    {
        public string Name => "null";   // as Docker shows it

        public DriverCapabilities Capabilities { get; } = new() { UsesIpam = false, BuildsEndpoints = false, OffersGateway = false };

        public ValueTask CreateNetworkAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask DeleteNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask<DriverEndpoint> CreateEndpointAsync(DriverEndpointRequest request, CancellationToken cancellationToken = default) => throw NoEndpoints();

        public ValueTask DeleteEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask<DriverJoin> JoinAsync(DriverJoinRequest request, CancellationToken cancellationToken = default) => throw NoEndpoints();

        public ValueTask LeaveAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        private static InvalidOperationException NoEndpoints() => new("A template has no endpoints.");
    }
}
