using LibNetwork.Linux.Namespaces;

namespace LibNetwork.Cni.Attachments;

/// <summary>Finds and removes what ADD makes: a sandbox for each container, an endpoint for each of its networks, and the network with its first container.</summary>
internal static class Attachment
{
    /// <summary>The endpoint of a container's interface on a network; <see langword="null"/> when there is none.</summary>
    public static IEndpoint? Find(INetwork network, string containerId, string interfaceName)
        => network.TryGetEndpoint(EndpointPlan.NameOf(containerId), out IEndpoint? endpoint) && (endpoint.State.InterfaceName?.Value ?? interfaceName) == interfaceName
            ? endpoint
            : null;

    /// <summary>Removes an endpoint, the sandbox when that was its last, and the network when that was its last. What is gone already is fine.</summary>
    public static async Task RemoveAsync(HostNetworking host, INetwork network, IEndpoint? endpoint, string containerId, CancellationToken cancellationToken)
    {
        if (endpoint is not null)
        {
            await endpoint.DeleteAsync(force: true, cancellationToken).ConfigureAwait(false);
        }

        await RemoveIfIdleAsync(host.Controller, containerId, cancellationToken).ConfigureAwait(false);
        await RemoveIfIdleAsync(host, network, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes a container's sandbox that is on no network.</summary>
    public static async Task RemoveIfIdleAsync(INetworkController controller, string containerId, CancellationToken cancellationToken)
    {
        if (controller.TryGetSandbox(containerId, out ISandbox? sandbox) && sandbox.State.Endpoints.Count == 0)
        {
            await sandbox.DeleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Removes a network without endpoints, so that its next container finds it as the configuration says then.</summary>
    public static async Task RemoveIfIdleAsync(HostNetworking host, INetwork network, CancellationToken cancellationToken)
    {
        if (host.IsIdle(network))
        {
            await network.DeleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a sandbox is in the namespace that a path names now.</summary>
    public static bool IsIn(ISandbox sandbox, NetworkNamespace given)
    {
        using NetworkNamespace own = NetworkNamespace.Open(sandbox.NamespacePath);
        return own.Identity == given.Identity;
    }
}
