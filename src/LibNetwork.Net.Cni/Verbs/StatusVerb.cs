using LibNetwork.Cni.Attachments;
using LibNetwork.Cni.Errors;
using LibNetwork.Cni.Invocation;
using LibNetwork.Ipam;

namespace LibNetwork.Cni.Verbs;

/// <summary>STATUS: whether an ADD would succeed now, found out by doing what ADD does before it makes anything.</summary>
internal static class StatusVerb
{
    public static async Task RunAsync(CniCall call, CancellationToken cancellationToken)
    {
        NetworkSpec wanted = NetworkPlan.Of(call.Configuration);
        try
        {
            await ProbeAsync(call, wanted, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            CniException said = NetworkErrors.Translate(failure);
            throw new CniException(CniErrorCode.NotAvailable, said.Message, said.Details, failure);
        }
    }

    private static Task<bool> ProbeAsync(CniCall call, NetworkSpec wanted, CancellationToken cancellationToken)
        => HostNetworking.RunAsync(call.Configuration.RunDirectory, scope: null, host => ProbeAsync(host, wanted, cancellationToken), cancellationToken);

    /// <returns>Whether the network is there.</returns>
    private static async Task<bool> ProbeAsync(HostNetworking host, NetworkSpec wanted, CancellationToken cancellationToken)
    {
        if (!host.Controller.TryGetNetwork(wanted.Name, out INetwork? network))
        {
            return false;
        }

        NetworkMatch.Require(network, wanted);
        foreach (PoolUsage usage in await network.GetPoolUsageAsync(cancellationToken).ConfigureAwait(false))
        {
            if (usage.Available == 0)
            {
                throw new CniException(CniErrorCode.Exhausted, $"network {wanted.Name} has no free address left in {usage.Subnet}", $"{usage.InUse} are in use");
            }
        }

        return true;
    }
}
