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

        HostNetworking host = await HostNetworking.OpenAsync(call.Configuration.RunDirectory, cancellationToken).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            string container = call.Environment.ContainerId;
            if (host.Controller.TryGetNetwork(call.Configuration.Name, out INetwork? network))
            {
                IEndpoint? endpoint = Attachment.Find(network, container, call.Environment.InterfaceName);
                await Attachment.RemoveAsync(host.Controller, network, endpoint, container, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await Attachment.RemoveIfIdleAsync(host.Controller, container, cancellationToken).ConfigureAwait(false);
            }

            await host.DrainAsync().ConfigureAwait(false);
        }
    }
}
