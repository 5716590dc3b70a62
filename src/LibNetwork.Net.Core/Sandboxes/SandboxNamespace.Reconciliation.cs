using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Reconciliation;

namespace LibNetwork.Sandboxes;

/// <content>Comparing with the kernel, and putting back.</content>
internal sealed partial class SandboxNamespace
{
    /// <summary>The number by which the host's namespace knows this one.</summary>
    public ValueTask<int> IdentifyAsync(CancellationToken cancellationToken)
        => _kernel.RunAsync(static (session, self) => session.Route.IdentifyNamespace(self.Namespace), this, cancellationToken);

    /// <summary>Compares an interface with its plan, and repairs it if that is asked for.</summary>
    /// <returns>The differences as they are, or were before the repair; <see langword="null"/> when there is no such interface.</returns>
    public ValueTask<IReadOnlyList<Difference>?> MendInterfaceAsync(
        InterfacePlan plan, DefaultRoutes defaults, bool repair, CancellationToken cancellationToken)
        => _kernel.RunAsync(
            static (session, state) => state.self._released
                ? []
                : new InterfaceMending(session, state.self.Namespace, state.self._route, state.plan, state.defaults).Run(state.repair),
            (self: this, plan, defaults, repair),
            cancellationToken);

    /// <summary>Compares loopback, and takes it up if that is asked for.</summary>
    public ValueTask<IReadOnlyList<Difference>> MendLoopbackAsync(bool repair, CancellationToken cancellationToken)
        => _kernel.RunAsync(
            static (_, state) => state.self._released ? [] : state.self.MendLoopback(state.repair), (self: this, repair), cancellationToken);

    private IReadOnlyList<Difference> MendLoopback(bool repair)
    {
        if (_route.FindLink(Loopback) is { Up: true })
        {
            return [];
        }

        if (repair)
        {
            _route.Batch.ChangeLink(Loopback, new LinkChange { Up = true });
            _route.Execute();
        }

        return [new Difference(FindingKind.LinkDown, "interface \"lo\" is up", "it is down")];
    }
}
