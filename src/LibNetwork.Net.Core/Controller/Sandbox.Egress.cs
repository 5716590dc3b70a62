using LibNetwork.Sandboxes;
using LibNetwork.ServiceDiscovery.Egress;

namespace LibNetwork.Controller;

/// <content>What its endpoints may reach, as far as it is the sandbox's business.</content>
internal sealed partial class Sandbox
{
    /// <summary>An endpoint's policy has changed: the resolver has to know its names, and the automatic way out has to follow.</summary>
    public async Task ShowEgressAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ShowToResolver();
        }
        finally
        {
            _turn.Release();
        }

        await BalanceGatewayNetworkAsync(cancellationToken).ConfigureAwait(false);
    }

    private static SandboxEgress? EgressOf(IReadOnlyList<Attachment> attachments) => attachments.All(static attachment => attachment.Endpoint.State.Egress is null)
        ? null
        : new SandboxEgress(
            [.. attachments.Select(static attachment => EndpointNamePolicy.Of(attachment.Endpoint.Id, attachment.Endpoint.State.Egress)).OfType<EndpointNamePolicy>()],
            [.. attachments.SelectMany(static attachment => attachment.Endpoint.Owner.State.Pools).Select(static pool => pool.Subnet)]);

    /// <summary>The policy of the way out that endpoints share: what one of those with a policy may reach. Otherwise it would lead round them.</summary>
    private static EgressPolicy? SharedPolicyOf(IReadOnlyList<Attachment> wanting)
    {
        EgressPolicy[] policies = [.. wanting.Select(static attachment => attachment.Endpoint.State.Egress).OfType<EgressPolicy>()];
        return policies.Length == 0 ? null : new EgressPolicy { Allowed = [.. policies.SelectMany(static policy => policy.Allowed).Distinct()] };
    }
}
