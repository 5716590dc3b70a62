using Etcdserverpb;
using Grpc.Core;

namespace LibNetwork.Stores.Etcd.Tests;

/// <summary>Commits whose answers are lost: whoever asks again is told what the first attempt came to.</summary>
[Trait("Feature", "ST-01"), Trait("Category", "Kernel")]
public sealed class EtcdCommitTests(EtcdFixture etcd) : IClassFixture<EtcdFixture>
{
    private readonly KeySpace _keys = new($"test-{Guid.NewGuid():N}");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_happened_is_found_to_have_happened_once_however_often_it_is_asked()
    {
        EtcdFixture.SkipUnlessInstalled();
        await using Scene scene = await Scene.OpenAsync(etcd, _keys);
        EtcdCommit commit = scene.Commit(new StoreTransaction { Checks = [("a", 0)], Puts = [("a", default)] });

        long?[] answers = await scene.AskAsync(commit, attempts: 4);

        Assert.NotNull(answers[0]);
        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        Assert.Equal(1, await scene.VersionAsync("a"));
    }

    [Fact]
    public async Task One_whose_check_did_not_hold_stays_refused_also_when_it_would_hold_now()
    {
        EtcdFixture.SkipUnlessInstalled();
        await using Scene scene = await Scene.OpenAsync(etcd, _keys);
        await scene.AskAsync(scene.Commit(new StoreTransaction { Puts = [("a", default)] }), attempts: 1);
        EtcdCommit refused = scene.Commit(new StoreTransaction { Checks = [("a", 0)], Puts = [("a", default), ("b", default)] });
        Assert.Equal([null, null], await scene.AskAsync(refused, attempts: 2));
        await scene.DeleteAsync("a");

        Assert.Equal([null, null], await scene.AskAsync(refused, attempts: 2, from: 2));
        Assert.Equal(0, await scene.VersionAsync("b"));

        // The control: the same asked anew.
        Assert.NotNull((await scene.AskAsync(scene.Commit(new StoreTransaction { Checks = [("a", 0)], Puts = [("b", default)] }), attempts: 1))[0]);
    }

    /// <summary>A commit's surroundings, and the loss of its answers.</summary>
    private sealed class Scene(EtcdMember member, EtcdCluster cluster, EtcdLease lease, KeySpace keys) : IAsyncDisposable
    {
        private readonly CommitSession _session = new(lease, keys);
        private CommitMark? _mark;
        private (long Revision, long Commit) _before;

        public static async Task<Scene> OpenAsync(EtcdFixture etcd, KeySpace keys)
        {
            EtcdStoreOptions options = new() { Endpoints = etcd.Members.Endpoints, OpenSocket = etcd.Members.OpenSocket };
            EtcdCluster cluster = new(options, TimeProvider.System);
            EtcdLease lease = await EtcdLease.GrantAsync(cluster, TimeProvider.System, TimeSpan.FromMinutes(1), Cancel);
            return new Scene(cluster.Current, cluster, lease, keys);
        }

        public EtcdCommit Commit(StoreTransaction transaction)
        {
            _mark = _session.Rent();
            _before = (_mark.Revision, _mark.Commit);
            return new EtcdCommit(keys, transaction, _session, _mark);
        }

        /// <summary>Asks again and again, as whoever hears none of the answers.</summary>
        public async Task<long?[]> AskAsync(EtcdCommit commit, int attempts, int from = 0)
        {
            List<long?> answers = [];
            for (int attempt = from; attempt < from + attempts; attempt++)
            {
                (_mark!.Revision, _mark.Commit) = _before;   // it was rented for this commit
                answers.Add(await commit.SendAsync(member, new CallOptions(cancellationToken: Cancel), attempt));
            }

            return [.. answers];
        }

        public async Task<long> VersionAsync(string key)
            => (await member.Keys.RangeAsync(new RangeRequest { Key = keys.DataKey(key) }, cancellationToken: Cancel)).Kvs.SingleOrDefault()?.Version ?? 0;

        public async Task DeleteAsync(string key) => await member.Keys.DeleteRangeAsync(new DeleteRangeRequest { Key = keys.DataKey(key) }, cancellationToken: Cancel);

        public async ValueTask DisposeAsync()
        {
            await lease.DisposeAsync();
            cluster.Dispose();
        }
    }
}
