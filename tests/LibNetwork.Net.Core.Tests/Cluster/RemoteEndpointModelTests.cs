using CsCheck;
using LibNetwork.Cluster;
using LibNetwork.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>
/// Endpoints that join, leave and are renamed on hosts that are cut off, healed and restarted, and whose commits are lost. When all are together again, every host
/// that takes part finds exactly what is joined, by name and by address, and the store holds no more.
/// </summary>
public sealed class RemoteEndpointModelTests
{
    private const int Hosts = 3;

    private static readonly Gen<Step> AnyStep = Gen.Select(Gen.Enum<StepKind>(), Gen.Int[0, Hosts - 1], Gen.Int[0, 1000], (kind, host, value) => new Step(kind, host, value));

    private enum StepKind
    {
        Join,
        JoinToo,
        Leave,
        Rename,
        Move,
        Cut,
        Heal,
        Restart,
        RestartWithout,
        WaitShort,
        WaitBeyondPresence,
        WaitBeyondHolding,
        LoseAnswer,
        FailDriver,
    }

    [Fact]
    public Task Hosts_agree_on_what_is_joined_whatever_happened_between_them()
        => AnyStep.Array[0, 40].SampleAsync(
            async steps =>
            {
                await using Model model = new();
                foreach (Step step in steps)
                {
                    await model.TakeStepAsync(step);
                }

                await model.EndAsync();
            },
            iter: 60,
            threads: 1);

    [Fact]
    public async Task A_thousand_random_steps_leave_no_stale_peer_and_no_leak()
    {
        const int Steps = 1000, Seed = 8;
        Random random = new(Seed);
        StepKind[] kinds = Enum.GetValues<StepKind>();
        await using Model model = new();
        for (int step = 1; step <= Steps; step++)
        {
            await model.TakeStepAsync(new Step(kinds[random.Next(kinds.Length)], random.Next(Hosts), random.Next(1000)));
            if (step % 100 == 0)
            {
                await model.AgreeAsync();
            }
        }

        Assert.True(model.Joins > 100, $"only {model.Joins} endpoints joined");
        await model.EndAsync();
    }

    private sealed record Step(StepKind Kind, int Host, int Value);

    private sealed class Model : IAsyncDisposable
    {
        private readonly FakeTimeProvider _clock = new();
        private readonly SharedStore _store;
        private readonly EndpointHost[] _hosts;
        private readonly Dictionary<EndpointState, EndpointHost> _joined = [];
        private readonly HashSet<EndpointHost> _cut = [];

        public Model()
        {
            _store = new SharedStore(_clock);
            _hosts = [.. Enumerable.Range(1, Hosts).Select(number => new EndpointHost(_store, _clock, number))];
        }

        public int Joins { get; private set; }

        public async Task TakeStepAsync(Step step)
        {
            EndpointHost at = _hosts[step.Host];
            EndpointState[] here = [.. _joined.Where(pair => pair.Value == at).Select(static pair => pair.Key)];
            EndpointState? one = here.Length == 0 ? null : here[step.Value % here.Length];
            switch (step.Kind)
            {
                case StepKind.Join or StepKind.JoinToo when _joined.Count < 40:
                    await JoinAsync(at);
                    break;
                case StepKind.Leave when one is not null:
                    await LeaveAsync(one);
                    break;
                case StepKind.Rename when one is not null:
                    at.Rename(one, $"renamed{step.Value}", $"alias{step.Value % 5}");
                    break;
                case StepKind.Move when one is not null && !_cut.Contains(at) && !_cut.Contains(_hosts[(step.Host + 1) % Hosts]):
                    await MoveAsync(one, _hosts[(step.Host + 1) % Hosts]);
                    break;
                case StepKind.Cut:
                    at.Connection.Cut();
                    _cut.Add(at);
                    break;
                case StepKind.Heal:
                    at.Connection.Heal();
                    _cut.Remove(at);
                    break;
                case StepKind.Restart or StepKind.RestartWithout:
                    EndpointState[] lost = step.Kind == StepKind.RestartWithout && one is not null ? [one] : [];
                    Array.ForEach(lost, endpoint => _joined.Remove(endpoint));
                    _cut.Remove(at);
                    await at.RestartAsync(lost);
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
                case StepKind.LoseAnswer when !_cut.Contains(at):
                    at.Connection.LoseNextAnswer();
                    break;
                case StepKind.FailDriver:
                    at.Peers.Failures = step.Value % 3;
                    break;
            }
        }

        /// <summary>All come together, and soon know of each other what is so.</summary>
        public async Task AgreeAsync()
        {
            foreach (EndpointHost host in _hosts)
            {
                host.Connection.Heal();
            }

            _cut.Clear();
            await _clock.UntilAsync(() => _hosts.All(host => Wrong(host) is null), () => _hosts.Select(Wrong).FirstOrDefault(static wrong => wrong is not null));
        }

        public async Task EndAsync()
        {
            await AgreeAsync();
            foreach (EndpointState endpoint in _joined.Keys.ToArray())
            {
                await LeaveAsync(endpoint);
            }

            await AgreeAsync();
            Assert.All(_hosts, static host => Assert.Empty(host.Peers.Addresses));
        }

        public async ValueTask DisposeAsync()
        {
            foreach (EndpointHost host in _hosts)
            {
                await host.DisposeAsync();
            }
        }

        private async Task JoinAsync(EndpointHost at, string? address = null)
        {
            int number = ++Joins;
            address ??= $"10.9.{number / 250}.{1 + (number % 250)}";
            _joined[await at.JoinAsync($"endpoint{number}", address, $"alias{number % 5}")] = at;
        }

        private async Task LeaveAsync(EndpointState endpoint)
        {
            _joined.Remove(endpoint, out EndpointHost? at);
            at!.Peers.Failures = 0;   // a driver that will not forget keeps its peers until its network's next endpoint
            await at.LeaveAsync(endpoint);   // only those that are joined are told to leave
        }

        /// <summary>An endpoint is deleted, and another node is given its address.</summary>
        private async Task MoveAsync(EndpointState endpoint, EndpointHost to)
        {
            EndpointHost from = _joined[endpoint];
            await LeaveAsync(endpoint);
            Task withdrawn = from.WithdrawnAsync(endpoint).AsTask();
            await _clock.UntilAsync(() => withdrawn.IsCompleted);
            await JoinAsync(to, endpoint.IPv4!.Value.Address.ToString());   // all have one
        }

        /// <returns>What a host does not know as it is.</returns>
        private string? Wrong(EndpointHost host)
        {
            EndpointState[] all = [.. _hosts.SelectMany(static one => one.Joined)];
            string[] wantedKeys = [.. _hosts.SelectMany(static one => one.Joined.Select(endpoint => ClusterKeys.Endpoint(EndpointHost.Network, one.Node.Id?.Value ?? string.Empty, endpoint.Id))).Order(StringComparer.Ordinal)];
            string[] keys = [.. _store.Entries.Where(static entry => entry.Key.StartsWith(ClusterKeys.Endpoints, StringComparison.Ordinal)).Select(static entry => entry.Key)];
            if (!keys.SequenceEqual(wantedKeys))
            {
                return $"the store has {string.Join(' ', keys)} in place of {string.Join(' ', wantedKeys)}";
            }

            bool takesPart = host.Joined.Count > 0;
            string[] peers = [.. _hosts.Where(other => takesPart && other != host)
                .SelectMany(static other => other.Joined.Select(endpoint => $"{endpoint.IPv4?.Address} at {other.Address}")).Order(StringComparer.Ordinal)];
            if (!host.Peers.Addresses.SequenceEqual(peers))
            {
                return $"{host.Address} has peers {string.Join(", ", host.Peers.Addresses)} in place of {string.Join(", ", peers)}";
            }

            IEnumerable<string> names = all.SelectMany(static endpoint => endpoint.DnsNames).Append("renamed0").Distinct();
            return names.Select(name =>
            {
                string[] wanted = [.. all.Where(endpoint => takesPart && endpoint.DnsNames.Contains(name)).Select(static endpoint => $"{endpoint.IPv4?.Address}").Order(StringComparer.Ordinal)];
                return host.Find(name).SequenceEqual(wanted) ? null : $"{host.Address} finds {name} at {string.Join(", ", host.Find(name))} and not at {string.Join(", ", wanted)}";
            }).FirstOrDefault(static wrong => wrong is not null);
        }
    }
}
