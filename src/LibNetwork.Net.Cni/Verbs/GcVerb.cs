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

        await HostNetworking.RunAsync(
            call.Configuration.RunDirectory, scope: null, host => RemoveAsync(host, call, cancellationToken), cancellationToken).ConfigureAwait(false);   // what was half made goes with that
    }

    /// <returns>How many attachments were looked at.</returns>
    private static async Task<int> RemoveAsync(HostNetworking host, CniCall call, CancellationToken cancellationToken)
    {
        if (!host.Controller.TryGetNetwork(call.Configuration.Name, out INetwork? network))
        {
            return 0;
        }

        HashSet<(string, string)> valid = [.. call.Configuration.ValidAttachments];
        IReadOnlyCollection<IEndpoint> endpoints = network.Endpoints;
        List<Exception> failures = [];
        foreach (IEndpoint endpoint in endpoints)
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

        await Attachment.RemoveIfIdleAsync(host, network, cancellationToken).ConfigureAwait(false);
        await host.DrainAsync().ConfigureAwait(false);
        return failures.Count == 0
            ? endpoints.Count
            : throw new AggregateException($"network {call.Configuration.Name}: {failures.Count} attachments could not be removed.", failures);
    }
}
