using CsCheck;
using LibNetwork.Cluster;
using LibNetwork.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>
/// Random creations, deletions and endpoints on three hosts that are cut off, healed and restarted. Names are unique, no network is deleted under
/// endpoints of another host, and in the end all agree and nothing is left.
/// </summary>
public sealed class ClusterNetworkModelTests
{
    private static readonly Gen<Step> AnyStep = Gen.Select(Gen.Enum<StepKind>(), Gen.Int[0, 2], Gen.Int[0, 1000], static (kind, host, value) => new Step(kind, host, value));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private enum StepKind
    {
        Create,
        CreateEverywhere,
        Delete,
        DeleteEverywhere,
        Attach,
        AttachEverywhere,
        Detach,
        Cut,
        Heal,
        Restart,
        WaitShort,
        WaitBeyondPresence,
        WaitBeyondHolding,
        LoseAnswer,
    }

    [Fact, Trait("Feature", "CL-13")]
    public Task Names_stay_unique_and_all_agree_in_the_end_and_nobody_deletes_what_others_use()
        => AnyStep.Array[0, 40].SampleAsync(
            static async steps =>
            {
                await using Model model = await Model.StartAsync();
                foreach (Step step in steps)
                {
                    await model.TakeStepAsync(step);
                }

                await model.EndAsync();
            },
            iter: 40, threads: 1);

    private sealed record Step(StepKind Kind, int Host, int Value);

    private sealed class Model : IAsyncDisposable
    {
        private readonly FakeTimeProvider _clock = new();
        private readonly SharedStore _store;
        private readonly List<Host> _hosts = [];
        private int _count;

        private Model() => _store = new SharedStore(_clock);

        public static async Task<Model> StartAsync()
        {
            Model model = new();
            for (int n = 0; n < 3; n++)
            {
                Host host = new(new ClusterEngine(model._store, model._clock, $"n{n}"));
                model._hosts.Add(host);
                await host.Engine.StartAsync();
                await host.Engine.Node.JoinAsync(Cancel);
            }

            return model;
        }

        public async Task TakeStepAsync(Step step)
        {
            Host at = _hosts[step.Host];
            string name = $"net{step.Value % 3}";
            switch (step.Kind)
            {
                case StepKind.Create:
                    await CreateAsync(at, name);
                    break;
                case StepKind.CreateEverywhere:
                    await Task.WhenAll(_hosts.Select(host => Task.Run(() => CreateAsync(host, name), Cancel)));
                    break;
                case StepKind.Delete:
                    await DeleteAsync(at, name);
                    break;
                case StepKind.DeleteEverywhere:
                    await Task.WhenAll(_hosts.Select(host => Task.Run(() => DeleteAsync(host, name), Cancel)));
                    break;
                case StepKind.Attach:
                    await AttachAsync(at, name);
                    break;
                case StepKind.AttachEverywhere:
                    await Task.WhenAll(_hosts.Select(host => Task.Run(() => AttachAsync(host, name), Cancel)));
                    break;
                case StepKind.Detach:
                    if (at.Engine.Controller.Networks.SelectMany(static network => network.Endpoints).OrderBy(static endpoint => endpoint.Name, StringComparer.Ordinal).FirstOrDefault() is { } endpoint)
                    {
                        await CompleteAsync(endpoint.DeleteAsync(cancellationToken: Cancel));
                    }

                    break;
                case StepKind.Cut when at.CutSince is null:
                    at.CutSince = _clock.GetUtcNow();
                    at.Engine.Connection.Cut();
                    break;
                case StepKind.Heal:
                    await HealAsync(at);
                    break;
                case StepKind.Restart:
                    Note(at);
                    RestoreReport report = await at.Engine.RestartAsync();
                    Assert.Empty(report.Failures);
                    await SettleAsync(at);
                    break;
                case StepKind.WaitShort:
                    _clock.Advance(TimeSpan.FromSeconds(1));
                    break;
                case StepKind.WaitBeyondPresence:
                    _clock.Advance(ClusterHost.Presence * 1.5);
                    break;
                case StepKind.WaitBeyondHolding:
                    _clock.Advance(ClusterHost.Holding + SharedStore.Grace);
                    break;
                case StepKind.LoseAnswer when at.CutSince is null:
                    at.Engine.Connection.LoseNextAnswer();
                    break;
            }
        }

        /// <summary>All come together again and agree; then all is deleted, and nothing is left.</summary>
        public async Task EndAsync()
        {
            foreach (Host host in _hosts)
            {
                await HealAsync(host);
            }

            _clock.Advance(ClusterHost.Holding + SharedStore.Grace);   // what processes left that are no more
            await _clock.UntilAsync(() => _hosts.TrueForAll(host => There().All(host.Ids.Contains)));   // some may have others too, for their endpoints
            foreach (string name in There().Select(Name))
            {
                Assert.Single(There(), id => Name(id) == name);
            }

            foreach (IEndpoint endpoint in _hosts.SelectMany(static host => host.Engine.Controller.Networks).SelectMany(static network => network.Endpoints).ToArray())
            {
                await CompleteAsync(endpoint.DeleteAsync(cancellationToken: Cancel));
            }

            await _clock.UntilAsync(() => _hosts.TrueForAll(host => host.Ids.SetEquals(There())));
            foreach (string id in There())
            {
                await AgainAsync(async () =>
                {
                    if (_hosts[0].Engine.Find(id) is { } network)
                    {
                        await CompleteAsync(network.DeleteAsync(Cancel));
                    }
                });
            }

            await _clock.UntilAsync(() => _hosts.TrueForAll(static host => host.Ids.Count == 0 && host.Engine.Networks.Networks.IsEmpty));
            _clock.Advance(ClusterHost.Holding + SharedStore.Grace);
            await _clock.UntilAsync(() => !_store.Entries.Any(static entry => !entry.Key.StartsWith(ClusterKeys.Nodes, StringComparison.Ordinal) && !entry.Key.Contains("/generation/", StringComparison.Ordinal)));
        }

        public async ValueTask DisposeAsync()
        {
            foreach (Host host in _hosts)
            {
                await host.Engine.DisposeAsync();
            }
        }

        private HashSet<string> There()
            => [.. _store.Entries.Where(static entry => entry.Key.StartsWith(ClusterKeys.Networks, StringComparison.Ordinal)).Select(static entry => entry.Key[ClusterKeys.Networks.Length..])];

        private string Name(string id) => _hosts[0].Engine.Find(id)!.Name;   // all agree

        private void Note(Host at)
        {
            at.HasLost |= _clock.GetUtcNow() - at.CutSince >= ClusterHost.Holding;
            at.CutSince = null;
        }

        private async Task HealAsync(Host at)
        {
            Note(at);
            at.Engine.Connection.Heal();
            await SettleAsync(at);
        }

        /// <summary>Waits until what the host has is its own again, or known to be lost.</summary>
        private async Task SettleAsync(Host at)
        {
            await AgainAsync(() => CompleteAsync(at.Engine.Node.JoinAsync(Cancel)));
            await _clock.UntilAsync(() => at.Engine.Node.Connection == ClusterConnection.Connected);
            foreach (INetwork network in at.Engine.Controller.Networks.Where(static network => network.Endpoints.Count > 0))
            {
                await AgainAsync(async () =>
                {
                    try
                    {
                        string name = $"probe{Interlocked.Increment(ref _count)}";
                        await CompleteAsync(network.CreateEndpointAsync(new EndpointSpec { Name = name }, Cancel));
                        await CompleteAsync(network.GetEndpoint(name).DeleteAsync(cancellationToken: Cancel));
                    }
                    catch (NetworkException gone) when (gone.Kind == NetworkErrorKind.NotFound)
                    {
                        // It was deleted while the host was away.
                    }
                });
            }

            await _clock.UntilAsync(() => at.Engine.Controller.Networks.All(network => network.Endpoints.Count == 0 || There().Contains(network.Id.Value) || ((Controller.Network)network).IsDeserted));
            at.HasLost = false;
        }

        private async Task CreateAsync(Host at, string name)
        {
            try
            {
                INetwork made = await CompleteAsync(at.Engine.CreateAsync(name));
                Assert.True(at.CutSince is null, "a host that is cut off has created a network for all");
                Assert.NotNull(made.State.Pools[0].Gateway);
            }
            catch (NetworkException refused)
            {
                Assert.Contains(refused.Kind, new[] { NetworkErrorKind.Conflict, NetworkErrorKind.Unavailable, NetworkErrorKind.NotFound });
            }
        }

        private async Task DeleteAsync(Host at, string name)
        {
            if (at.Engine.Find(name) is not { } network)
            {
                return;
            }

            bool wasDeserted = ((Controller.Network)network).IsDeserted;
            try
            {
                await CompleteAsync(network.DeleteAsync(Cancel));
            }
            catch (NetworkException refused)
            {
                Assert.Contains(refused.Kind, new[] { NetworkErrorKind.Forbidden, NetworkErrorKind.Unavailable, NetworkErrorKind.NotFound });
                return;
            }

            foreach (Host other in wasDeserted ? [] : _hosts.Where(host => host != at && !host.HasLost && !(_clock.GetUtcNow() - host.CutSince >= ClusterHost.Holding)))
            {
                Assert.False(
                    other.Engine.Find(network.Id.Value) is Controller.Network { IsDeserted: false, Endpoints.Count: > 0 }, $"{network.Name} was deleted under endpoints on {other.Engine.Name}");
            }
        }

        private async Task AttachAsync(Host at, string name)
        {
            if (at.Engine.Find(name) is not { } network)
            {
                return;
            }

            try
            {
                IEndpoint made = await CompleteAsync(network.CreateEndpointAsync(new EndpointSpec { Name = $"e{Interlocked.Increment(ref _count)}" }, Cancel));
                Assert.True(at.CutSince is null, "a host that is cut off has made an endpoint");
                Assert.NotEqual(network.State.Pools[0].Gateway, made.State.IPv4?.Address);
            }
            catch (NetworkException refused)
            {
                Assert.Contains(refused.Kind, new[] { NetworkErrorKind.NotFound, NetworkErrorKind.Unavailable });
            }
        }

        private async Task CompleteAsync(Task verb)
        {
            await _clock.UntilAsync(() => verb.IsCompleted);
            await verb;
        }

        private async Task<TResult> CompleteAsync<TResult>(Task<TResult> verb)
        {
            await _clock.UntilAsync(() => verb.IsCompleted);
            return await verb;
        }

        private async Task AgainAsync(Func<Task> work)
        {
            for (int attempt = 0; ; attempt++)
            {
                try
                {
                    await work();
                    return;
                }
                catch (NetworkException later) when (later.IsTransient && attempt < 50)
                {
                    _clock.Advance(TimeSpan.FromSeconds(1));
                    await Task.Delay(1, Cancel);   // the nodes do something in the background then
                }
            }
        }
    }

    private sealed class Host(ClusterEngine engine)
    {
        public ClusterEngine Engine { get; } = engine;

        public DateTimeOffset? CutSince { get; set; }

        /// <summary>Whether what it held is not its own, until it has settled.</summary>
        public bool HasLost { get; set; }

        public HashSet<string> Ids => [.. Engine.Controller.Networks.Where(static network => network.State.IsShared).Select(static network => network.Id.Value)];
    }
}
