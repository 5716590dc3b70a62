using LibNetwork.Cni.Attachments;
using LibNetwork.Cni.Configuration;
using LibNetwork.Cni.Errors;
using LibNetwork.Cni.Invocation;
using LibNetwork.Cni.Results;
using LibNetwork.Drivers.Bridge;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;

namespace LibNetwork.Cni.Verbs;

/// <summary>ADD: puts a container on a network, wholly or not at all.</summary>
internal static class AddVerb
{
    public static async Task<CniResult> RunAsync(CniCall call, CancellationToken cancellationToken)
    {
        NetworkSpec wanted = NetworkPlan.Of(call.Configuration);
        EndpointSpec endpoint = EndpointPlan.Of(call.Configuration, call.Environment, wanted);
        DnsConfiguration dns = await DnsResult.ReadAsync(call.Configuration, cancellationToken).ConfigureAwait(false);
        using NetworkNamespace container = OpenNamespace(call.Environment.NamespacePath!);   // ADD has one
        RestoreScope scope = new() { Network = wanted.Name, ContainerId = call.Environment.ContainerId, PublishesPorts = endpoint.PortBindings.Count > 0 };
        return await HostNetworking.RunAsync(
            call.Configuration.RunDirectory, scope, host => AttachAsync(host, call, wanted, endpoint, container, dns, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<CniResult> AttachAsync(
        HostNetworking host, CniCall call, NetworkSpec wanted, EndpointSpec endpoint, NetworkNamespace container, DnsConfiguration dns, CancellationToken cancellationToken)
    {
        UndoStack undo = new();
        try
        {
            INetwork network = await NetworkAsync(host, wanted, call.Environment.ContainerId, undo, cancellationToken).ConfigureAwait(false);
            ISandbox sandbox = await SandboxAsync(host, call, container, undo, cancellationToken).ConfigureAwait(false);
            JoinOptions options = new() { InterfaceName = new InterfaceName(call.Environment.InterfaceName) };
            IEndpoint attached = await network.AttachAsync(sandbox, endpoint, options, cancellationToken).ConfigureAwait(false);
            undo.Push(async () => await attached.DeleteAsync(force: true, CancellationToken.None).ConfigureAwait(false));
            return await ResultAsync(host, call, container, network, attached, dns, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            foreach (Exception failure in await undo.RollBackAsync().ConfigureAwait(false))
            {
                HostLog.RollBackFailed(host.Log, failure, call.Subject);
            }

            await host.DrainAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static NetworkNamespace OpenNamespace(string path)
    {
        try
        {
            return NetworkNamespace.Open(path);
        }
        catch (KernelException refused)
        {
            throw new CniException(CniErrorCode.InvalidEnvironment, $"CNI_NETNS: {refused.Message}", inner: refused);
        }
    }

    /// <summary>The network, which comes with its first container.</summary>
    private static async Task<INetwork> NetworkAsync(
        HostNetworking host, NetworkSpec wanted, string container, UndoStack undo, CancellationToken cancellationToken)
    {
        if (host.Controller.TryGetNetwork(wanted.Name, out INetwork? present))
        {
            NetworkMatch.Require(present, wanted);
            return present.TryGetEndpoint(EndpointPlan.NameOf(container), out IEndpoint? other)
                ? throw new CniException(
                    CniErrorCode.Conflict, $"container {container} is on network {wanted.Name} already, with interface {other.State.InterfaceName}", "DEL that first")
                : present;
        }

        INetwork made = await host.Controller.CreateNetworkAsync(wanted, cancellationToken).ConfigureAwait(false);
        undo.Push(async () => await made.DeleteAsync(CancellationToken.None).ConfigureAwait(false));
        return made;
    }

    private static async Task<ISandbox> SandboxAsync(
        HostNetworking host, CniCall call, NetworkNamespace container, UndoStack undo, CancellationToken cancellationToken)
    {
        string id = call.Environment.ContainerId;
        if (host.Controller.TryGetSandbox(id, out ISandbox? present))
        {
            return Attachment.IsIn(present, container)
                ? present
                : throw new CniException(CniErrorCode.Conflict, $"container {id} has attachments in another namespace than {container.Path}", "DEL those first");
        }

        ISandbox made = await host.Controller.CreateSandboxAsync(
            new SandboxSpec { ContainerId = id, NamespacePath = container.Path, Dns = new ServiceDiscovery.SandboxDns { IsEnabled = false } }, cancellationToken)
            .ConfigureAwait(false);
        undo.Push(async () => await made.DeleteAsync(CancellationToken.None).ConfigureAwait(false));
        return made;
    }

    /// <summary>What was made, behind what the plugins before made.</summary>
    private static async Task<CniResult> ResultAsync(
        HostNetworking host, CniCall call, NetworkNamespace container, INetwork network, IEndpoint endpoint, DnsConfiguration dns, CancellationToken cancellationToken)
    {
        CableReading cable = await CableReading.ReadAsync(
            host.Kernel, container, call.Environment.InterfaceName, network.State.Options[BridgeLabels.BridgeName], withRoutes: false, cancellationToken).ConfigureAwait(false);
        CniResult before = call.Configuration.PrevResult ?? new CniResult();
        IReadOnlyList<ResultInterface> interfaces = [.. before.Interfaces, .. AttachmentResult.InterfacesOf(cable, call)];
        return new CniResult
        {
            Interfaces = interfaces,
            Ips = [.. before.Ips, .. AttachmentResult.AddressesOf(endpoint, network.State, interfaces.Count - 1)],
            Routes = [.. before.Routes, .. RoutePlan.Of(call.Configuration).ToResult(network.State.Pools)],
            Dns = before.Dns is { Nameservers.Count: > 0 } earlier ? earlier : dns,
        };
    }
}
