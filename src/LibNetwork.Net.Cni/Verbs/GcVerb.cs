using LibNetwork.Cni.Attachments;
using LibNetwork.Cni.Configuration;
using LibNetwork.Cni.Invocation;

namespace LibNetwork.Cni.Verbs;

/// <summary>GC: takes all containers off a network that the runtime does not have any more.</summary>
internal static class GcVerb
{
    public static async Task RunAsync(CniCall call, CancellationToken cancellationToken)
    {
        if (!HostNetworking.HasState(call.Configuration.RunDirectory))
        {
            return;
        }

        HashSet<(string, string)> valid = [.. call.Configuration.ValidAttachments];
        HostNetworking host = await HostNetworking.OpenAsync(call.Configuration.RunDirectory, cancellationToken).ConfigureAwait(false);   // what was half made goes with that
        await using (host.ConfigureAwait(false))
        {
            if (!host.Controller.TryGetNetwork(call.Configuration.Name, out INetwork? network))
            {
                return;
            }

            List<Exception> failures = [];
            foreach (IEndpoint endpoint in network.Endpoints)
            {
                string container = endpoint.Name;
                if (endpoint.State.InterfaceName is { } name && valid.Contains((container, name.Value)))
                {
                    continue;
                }

                try
                {
                    await endpoint.DeleteAsync(force: true, cancellationToken).ConfigureAwait(false);
                    await Attachment.RemoveIfIdleAsync(host.Controller, container, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception failure) when (failure is NetworkException or AggregateException)
                {
                    failures.Add(failure);   // the others go all the same
                }
            }

            await Attachment.RemoveIfIdleAsync(network, cancellationToken).ConfigureAwait(false);
            await host.DrainAsync().ConfigureAwait(false);
            if (failures.Count > 0)
            {
                throw new AggregateException($"network {call.Configuration.Name}: {failures.Count} attachments could not be removed.", failures);
            }
        }
    }
}
