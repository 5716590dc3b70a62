namespace LibNetwork.Controller.Outlining;

/// <summary>What of a host a scope needs: sandboxes with all their endpoints, the networks of these, and the network in scope.</summary>
internal sealed class OutlineSelection
{
    private readonly HashSet<NetworkId> _networks;
    private readonly HashSet<SandboxId> _sandboxes;
    private readonly Outline _outline;

    private OutlineSelection(Outline outline, NetworkId network, HashSet<SandboxId> sandboxes)
    {
        _outline = outline;
        _sandboxes = sandboxes;
        Endpoints = [.. outline.Endpoints.Where(IsNeeded)];
        _networks = [.. Endpoints.Select(static endpoint => endpoint.NetworkId), network];
        Networks = [.. outline.Networks.Where(other => _networks.Contains(other.Id))];
        Sandboxes = [.. outline.Sandboxes.Where(sandbox => sandboxes.Contains(sandbox.Id))];
    }

    public IReadOnlyList<OutlinedNetwork> Networks { get; }

    public IReadOnlyList<OutlinedSandbox> Sandboxes { get; }

    public IReadOnlyList<OutlinedEndpoint> Endpoints { get; }

    /// <summary>Whether that is all there is.</summary>
    public bool IsAll => Networks.Count == _outline.Networks.Count && Sandboxes.Count == _outline.Sandboxes.Count && Endpoints.Count == _outline.Endpoints.Count;

    /// <summary>The rest.</summary>
    public Outline Rest => _outline with
    {
        Networks = [.. _outline.Networks.Where(network => !_networks.Contains(network.Id))],
        Sandboxes = [.. _outline.Sandboxes.Where(sandbox => !_sandboxes.Contains(sandbox.Id))],
        Endpoints = [.. _outline.Endpoints.Where(endpoint => !IsNeeded(endpoint))],
    };

    /// <returns><see langword="null"/> when the network in scope is not there: to make one, all must be known.</returns>
    public static OutlineSelection? Of(Outline outline, RestoreScope scope)
    {
        if (outline.Networks.FirstOrDefault(network => network.Name == scope.Network) is not { } network)
        {
            return null;
        }

        HashSet<SandboxId> sandboxes = [.. outline.Sandboxes.Where(sandbox => sandbox.ContainerId == scope.ContainerId).Select(static sandbox => sandbox.Id)];
        if (scope.PublishesPorts)
        {
            sandboxes.UnionWith(outline.Endpoints.Where(static endpoint => endpoint.PublishesPorts).Select(static endpoint => endpoint.SandboxId).OfType<SandboxId>());
        }

        return new OutlineSelection(outline, network.Id, sandboxes);
    }

    private bool IsNeeded(OutlinedEndpoint endpoint) => endpoint.SandboxId is { } sandbox && _sandboxes.Contains(sandbox);
}
