using System.Diagnostics.CodeAnalysis;
using LibNetwork.Flows;
using LibNetwork.Reconciliation;
using LibNetwork.ServiceDiscovery;

namespace LibNetwork.Hosting.Tests;

/// <summary>A controller that can only be restored.</summary>
internal sealed class FakeController(Func<RestoreReport> restore) : INetworkController
{
    public int Restored { get; private set; }

    public IReadOnlyCollection<string> Drivers => [];

    public IReadOnlyCollection<INetwork> Networks => [];

    public IReadOnlyCollection<ISandbox> Sandboxes => [];

    public Task<RestoreReport> RestoreAsync(CancellationToken cancellationToken = default)
    {
        Restored++;
        return Task.FromResult(restore());
    }

    public Task<INetwork> CreateNetworkAsync(NetworkSpec spec, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public INetwork GetNetwork(string nameOrId) => throw NetworkException.NotFound(nameOrId);

    public bool TryGetNetwork(string nameOrId, [NotNullWhen(true)] out INetwork? network)
    {
        network = null;
        return false;
    }

    public Task<ISandbox> CreateSandboxAsync(SandboxSpec spec, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ISandbox GetSandbox(string idOrContainerId) => throw NetworkException.NotFound(idOrContainerId);

    public bool TryGetSandbox(string idOrContainerId, [NotNullWhen(true)] out ISandbox? sandbox)
    {
        sandbox = null;
        return false;
    }

    public Task DeleteSandboxAsync(string idOrContainerId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<Diagnosis> DiagnoseAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<FlowExplanation> ExplainAsync(Flow flow, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<ControllerEvent> WatchEvents() => throw new NotSupportedException();

    public IAsyncEnumerable<DnsAnswer> WatchDnsAnswersAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<VerbPlan> PlanAsync(NetworkSpec spec, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<string> GetFirewallScriptAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task DrainAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
