using LibNetwork.Cni.Attachments;
using LibNetwork.Cni.Invocation;

namespace LibNetwork.Cni.Verbs;

/// <summary>DEL: takes a container off a network. What is gone already, in whole or in part, is no error.</summary>
internal static class DelVerb
{
    public static async Task RunAsync(CniCall call, CancellationToken cancellationToken)
    {
        if (!HostNetworking.HasState(call.Configuration.RunDirectory))
        {
            return;
        }

        RestoreScope scope = new() { Network = call.Configuration.Name, ContainerId = call.Environment.ContainerId };
        await HostNetworking.RunAsync(call.Configuration.RunDirectory, scope, host => RemoveAsync(host, call, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<bool> RemoveAsync(HostNetworking host, CniCall call, CancellationToken cancellationToken)
    {
        string container = call.Environment.ContainerId;
        bool isKnown = host.Controller.TryGetNetwork(call.Configuration.Name, out INetwork? network);
        if (isKnown)
        {
            IEndpoint? endpoint = Attachment.Find(network!, container, call.Environment.InterfaceName);   // it is known
            await Attachment.RemoveAsync(host, network!, endpoint, container, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await Attachment.RemoveIfIdleAsync(host.Controller, container, cancellationToken).ConfigureAwait(false);
        }

        await host.DrainAsync().ConfigureAwait(false);
        return isKnown;
    }
}
