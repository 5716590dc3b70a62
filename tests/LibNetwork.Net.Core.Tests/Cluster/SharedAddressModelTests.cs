using CsCheck;
using LibNetwork.Cluster;
using LibNetwork.Ipam;
using LibNetwork.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>
/// Random requests and releases on hosts that are cut off, healed and restarted. Whatever a host may believe that it holds, no other may be given;
/// and in the end nothing is held that nobody believes in.
/// </summary>
public sealed class SharedAddressModelTests
{
    private const string Subnet = "10.9.0.0/28";
    private const int Addresses = 14;

    private static readonly Gen<Step> AnyStep = Gen.Select(Gen.Enum<StepKind>(), Gen.Int[0, 2], Gen.Int[0, 1000], (kind, host, value) => new Step(kind, host, value));

    private enum StepKind
    {
        Take,
        TakeAgain,
        TakeEverywhere,
        TakeNamed,
        Release,
        Cut,
        Heal,
        Restart,
        WaitShort,
        WaitBeyondPresence,
        WaitBeyondHolding,
        LoseAnswer,
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public Task No_address_is_held_twice_and_none_is_lost_for_ever(int hosts)
        => AnyStep.Array[0, 40].SampleAsync(async steps =>
        {
            await using Model model = await Model.StartAsync(hosts);
            foreach (Step step in steps)
            {
                await model.TakeStepAsync(step);
            }

            await model.EndAsync();
        }, iter: 60);

    private sealed record Step(StepKind Kind, int Host, int Value);

    /// <summary>The hosts, and what each may believe that it holds, by the simplest rule there is: until it gives it back, or was cut off for too long.</summary>
    private sealed class Model : IAsyncDisposable
    {
        private readonly FakeTimeProvider _clock = new();
        private readonly SharedStore _store;
        private readonly List<Believer> _hosts = [];
        private string _pool = string.Empty;
        private int _count;

        private Model() => _store = new SharedStore(_clock);

        public static async Task<Model> StartAsync(int hosts)
        {
            Model model = new();
            for (int n = 0; n < hosts; n++)
            {
                Believer believer = new(new ClusterHost(model._store, model._clock, $"n{n}"));
                model._hosts.Add(believer);
                model._pool = (await believer.Host.TakePoolAsync(Subnet, "network")).PoolId;
            }

            return model;
        }

        public async Task TakeStepAsync(Step step)
        {
            Believer at = _hosts[step.Host % _hosts.Count];
            switch (step.Kind)
            {
                case StepKind.Take or StepKind.TakeAgain:
                    await TakeAsync(at, address: null);
                    break;
                case StepKind.TakeEverywhere:
                    await Task.WhenAll(_hosts.Select(believer => Task.Run(() => TakeAsync(believer, address: null))));
                    break;
                case StepKind.TakeNamed:
                    await TakeAsync(at, $"10.9.0.{1 + (step.Value % Addresses)}");
                    break;
                case StepKind.Release when at.Held.Count > 0:
                    string gone = at.Held.Keys.ElementAt(step.Value % at.Held.Count);
                    at.Held.Remove(gone);
                    await at.Host.ReleaseAsync(_pool, gone);
                    break;
                case StepKind.Cut when at.CutSince is null:
                    at.CutSince = _clock.GetUtcNow();
                    at.Host.Connection.Cut();
                    break;
                case StepKind.Heal:
                    await HealAsync(at);
                    break;
                case StepKind.Restart:
                    at.CutSince = null;
                    await at.Host.RestartAsync();
                    await ReplayAsync(at);
                    break;
                case StepKind.WaitShort:
                    Wait(TimeSpan.FromSeconds(1));
                    break;
                case StepKind.WaitBeyondPresence:
                    Wait(ClusterHost.Presence * 1.5);
                    break;
                case StepKind.WaitBeyondHolding:
                    Wait(ClusterHost.Holding + SharedStore.Grace);
                    break;
                case StepKind.LoseAnswer when at.CutSince is null:
                    at.Host.Connection.LoseNextAnswer();
                    break;
            }
        }

        /// <summary>All come together again, give back what they hold, and then nothing is held.</summary>
        public async Task EndAsync()
        {
            foreach (Believer believer in _hosts)
            {
                await HealAsync(believer);
            }

            Wait(ClusterHost.Holding + SharedStore.Grace);   // what processes left that are no more
            string[] believed = [.. _hosts.SelectMany(static believer => believer.Held.Keys).Order(StringComparer.Ordinal)];
            await _clock.UntilAsync(() => Held().SequenceEqual(believed));
            foreach (Believer believer in _hosts)
            {
                foreach (string address in believer.Held.Keys)
                {
                    await believer.Host.ReleaseAsync(_pool, address);
                }
            }

            await _clock.UntilAsync(() => Held().Length == 0);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (Believer believer in _hosts)
            {
                await believer.Host.DisposeAsync();
            }
        }

        private string[] Held()
            => [.. _store.Entries.Where(static entry => entry.Key.StartsWith(ClusterKeys.Addresses, StringComparison.Ordinal))
                .Select(static entry => entry.Key[(entry.Key.LastIndexOf('/') + 1)..]).Order(StringComparer.Ordinal)];

        private void Wait(TimeSpan time)
        {
            DateTimeOffset end = _clock.GetUtcNow() + time;
            foreach (Believer believer in _hosts.Where(believer => end - believer.CutSince >= ClusterHost.Holding))
            {
                believer.Held.Clear();
            }

            _clock.Advance(time);
        }

        private async Task HealAsync(Believer at)
        {
            DateTimeOffset before = _clock.GetUtcNow();
            at.Host.Connection.Heal();
            await _clock.UntilAsync(() => at.Host.Node.Connection == ClusterConnection.Connected);
            at.CutSince = null;
            Wait(TimeSpan.Zero);   // the clock has gone on, for others that are cut off too
            Assert.True(_clock.GetUtcNow() - before < TimeSpan.FromMinutes(1), "healing takes too long");
            await EnsurePoolAsync(at);
        }

        /// <summary>What a process does when it begins: asks for what its host has.</summary>
        private async Task ReplayAsync(Believer at)
        {
            await EnsurePoolAsync(at);
            foreach ((string address, string holder) in at.Held)
            {
                Assert.Equal(address, await at.Host.TakeAsync(_pool, holder, address));
            }
        }

        private async Task EnsurePoolAsync(Believer at)
        {
            while (true)
            {
                try
                {
                    Task<IpamPool> taken = at.Host.TakePoolAsync(Subnet, "network");
                    await _clock.UntilAsync(() => taken.IsCompleted);
                    await taken;
                    return;
                }
                catch (NetworkException unknown) when (unknown.IsTransient)
                {
                    // An answer was lost, or the pool is waited for.
                }
            }
        }

        private async Task TakeAsync(Believer at, string? address)
        {
            string holder = $"holder {Interlocked.Increment(ref _count)}";
            try
            {
                string taken = await at.Host.TakeAsync(_pool, holder, address);
                lock (_hosts)
                {
                    Assert.True(at.CutSince is null, "a host that is cut off was given an address");
                    Assert.DoesNotContain(_hosts, believer => believer.Held.ContainsKey(taken));
                    at.Held.Add(taken, holder);
                }
            }
            catch (NetworkException refused)
            {
                Assert.Contains(refused.Kind, new[] { NetworkErrorKind.Unavailable, NetworkErrorKind.Exhausted, NetworkErrorKind.Conflict, NetworkErrorKind.NotFound });
            }
        }
    }

    private sealed class Believer(ClusterHost host)
    {
        public ClusterHost Host { get; } = host;

        public Dictionary<string, string> Held { get; } = new(StringComparer.Ordinal);

        public DateTimeOffset? CutSince { get; set; }
    }
}
