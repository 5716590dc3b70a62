using LibNetwork.Drivers;
using LibNetwork.Linux;
using LibNetwork.Reconciliation;
using LibNetwork.Sandboxes;

namespace LibNetwork.Controller;

/// <content>Comparing with the kernel, and putting back: what is inside, and with the drivers' help the cables.</content>
internal sealed partial class Sandbox : IKept
{
    /// <summary>Makes the host's namespace know this one by a number, so that what happens inside is heard outside.</summary>
    /// <returns><see langword="false"/> when there is no inside.</returns>
    public async ValueTask<bool> IdentifyAsync(CancellationToken cancellationToken)
    {
        if (_namespace is null || Volatile.Read(ref _deleting) != 0)
        {
            return false;
        }

        NamespaceId = await _namespace.IdentifyAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Whether an endpoint in here needs one of these interfaces of the host.</summary>
    public bool Needs(IReadOnlySet<string> hostInterfaces) => _attachments.Any(attachment => attachment.Endpoint.Owner.Driver is IReconcilableDriver driver
        && driver.GetHostInterfaces(attachment.Endpoint.Owner.Id, attachment.Endpoint.Id).Any(name => hostInterfaces.Contains(name.Value)));

    public async ValueTask<IReadOnlyList<Finding>?> ReconcileAsync(Comparison comparison, CancellationToken cancellationToken)
    {
        if (_namespace is not { } inside || comparison.OnlySilentChanges)
        {
            return [];
        }

        if (!await _turn.WaitAsync(comparison.Patience, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        try
        {
            if (Volatile.Read(ref _deleting) != 0)
            {
                return [];
            }

            IReadOnlyList<Difference> loopback = await inside.MendLoopbackAsync(comparison.Repair, cancellationToken).ConfigureAwait(false);
            List<Finding> findings = [.. loopback.Select(difference => difference.Of(Subject, sandboxId: Id))];
            Exception? failure = null;
            foreach (Attachment attachment in _attachments.Where(attachment => attachment.InterfaceName is not null && !_leaving.Contains(attachment.Endpoint)))
            {
                try
                {
                    findings.AddRange(await ReconcileAsync(inside, attachment, comparison.Repair, cancellationToken).ConfigureAwait(false));
                }
                catch (Exception exception) when (exception is KernelException or NetworkException)
                {
                    failure ??= exception;   // the others are still to be looked after
                }
            }

            return failure is null ? findings : throw failure;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask<IReadOnlyList<Finding>> ReconcileAsync(
        SandboxNamespace inside, Attachment attachment, bool repair, CancellationToken cancellationToken)
    {
        Endpoint endpoint = attachment.Endpoint;
        string name = attachment.InterfaceName!;   // the caller checked
        InterfacePlan plan = PlanOf(attachment, EndpointSysctls.Parse(endpoint.Subject, endpoint.Options, name));
        bool isMissing = await inside.FindInterfaceAsync(name, cancellationToken).ConfigureAwait(false) is null;
        List<Finding> findings = [];
        if (endpoint.Owner.Driver is IReconcilableDriver driver)
        {
            DriverEndpointReconcileRequest request = new() { Join = RequestFor(endpoint, name), IsInterfaceMissing = isMissing, Repair = repair };
            DriverEndpointReconciliation outside = await driver.ReconcileEndpointAsync(request, cancellationToken).ConfigureAwait(false);
            findings.AddRange(outside.Findings.Select(finding => finding with { SandboxId = Id }));
            if (outside.NewJoin is { } join)
            {
                await FurnishAnewAsync(inside, attachment with { Join = join }, plan.Sysctls, cancellationToken).ConfigureAwait(false);
                return findings;
            }
        }

        IReadOnlyList<Difference> differences = await inside.MendInterfaceAsync(plan, _defaults, repair, cancellationToken).ConfigureAwait(false)
            ?? (findings.Count > 0
                ? []   // the driver knows already, and has said what becomes of it
                :
                [
                    new Difference(FindingKind.LinkMissing, $"interface \"{name}\"", "no such interface")
                    {
                        Remedy = "let the endpoint leave and join again",
                    },
                ]);
        findings.AddRange(differences.Select(difference => difference.Of(endpoint.Subject, endpoint.Owner.Id, endpoint.Id, Id)));
        return findings;
    }

    /// <summary>Furnishes an interface that a driver made anew, as at the joining.</summary>
    private async ValueTask FurnishAnewAsync(
        SandboxNamespace inside, Attachment attachment, IReadOnlyList<(string Key, string Value)> sysctls, CancellationToken cancellationToken)
    {
        Endpoint endpoint = attachment.Endpoint;
        int? index = await inside.FindInterfaceAsync(attachment.InterfaceName!, cancellationToken).ConfigureAwait(false);   // the caller checked the name
        Publish(Insert(attachment with { InterfaceIndex = index ?? 0 }));
        await inside.AddInterfaceAsync(PlanOf(attachment, sysctls), _defaults, cancellationToken).ConfigureAwait(false);
        await TellGatewaysAsync(_attachments).ConfigureAwait(false);
        endpoint.ReplaceJoin(attachment.Join);
    }
}
