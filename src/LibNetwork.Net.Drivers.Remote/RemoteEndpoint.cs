using System.Collections.ObjectModel;

namespace LibNetwork.Drivers.Remote;

/// <summary>An endpoint that a plugin has, and what the plugin was told last.</summary>
internal sealed class RemoteEndpoint(DriverEndpointRequest request, DriverEndpoint answer)
{
    public DriverEndpointRequest Request => request;

    public DriverEndpoint Answer => answer;

    public string Subject => $"endpoint \"{request.Name}\"";

    /// <summary>The options of its sandbox; <see langword="null"/> while it is joined to none.</summary>
    public IReadOnlyDictionary<string, string>? SandboxOptions { get; set; }

    public DriverJoin? Join { get; set; }

    /// <summary>Whether the plugin was told that it is a way out; <see langword="null"/> when an earlier process did the telling.</summary>
    public bool? IsWayOut { get; set; } = false;

    public IReadOnlyDictionary<string, string> Details { get; set; } = ReadOnlyDictionary<string, string>.Empty;

    public IReadOnlyList<PortBinding> PublishedPorts { get; set; } = [];
}
