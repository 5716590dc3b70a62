using System.Globalization;
using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;
using Mvccpb;

namespace LibNetwork.Stores.Etcd;

/// <summary>One commit as etcd's transactions: the same again while no answer comes, and done once all the same.</summary>
internal sealed class EtcdCommit(KeySpace keys, StoreTransaction transaction, CommitSession session, CommitMark mark)
{
    private readonly ByteString _happened = ByteString.CopyFromUtf8((mark.Commit + 1).ToString(CultureInfo.InvariantCulture));
    private readonly ByteString _refused = ByteString.CopyFromUtf8((-mark.Commit - 1).ToString(CultureInfo.InvariantCulture));

    /// <summary>Sends it.</summary>
    /// <param name="attempt">From 0. An answer to a later one also ends those before it, which may still be on their way.</param>
    /// <param name="member">Of whom it is asked.</param>
    /// <param name="options">How.</param>
    /// <returns>The revision, or <see langword="null"/> when a check did not hold.</returns>
    public async Task<long?> SendAsync(EtcdMember member, CallOptions options, int attempt)
    {
        bool ends = attempt > 0;
        TxnResponse answer = await member.Keys.TxnAsync(Request(ends), options).ConfigureAwait(false);
        if (answer.Succeeded)
        {
            MoveTo(answer.Header.Revision);
            return answer.Header.Revision;
        }

        // An attempt before this one may have been decided, and only its answer been lost.
        KeyValue? found = answer.Responses[0].ResponseRange.Kvs.SingleOrDefault();
        if (found?.Value == _happened)
        {
            MoveTo(found.ModRevision);
            return found.ModRevision;
        }

        if (found?.Value != _refused && (found?.ModRevision ?? 0) != mark.Revision)
        {
            throw new NetworkException(NetworkErrorKind.Unavailable, $"etcd at {member.Endpoint}", "it is not known whether a commit happened")
            {
                Remedy = "read what it was to change",
            };
        }

        MoveTo(ends ? answer.Header.Revision : found?.ModRevision ?? 0);
        return null;
    }

    private void MoveTo(long revision)
    {
        mark.Revision = revision;
        mark.Commit++;
    }

    private TxnRequest Request(bool ends)
    {
        TxnRequest request = new();
        request.Compare.Add(transaction.Checks.Select(check => HasRevision(keys.DataKey(check.Key), check.Revision)));
        request.Compare.Add(HasRevision(mark.Key, mark.Revision));
        HashSet<string> deleted = [.. transaction.Deletes];
        Dictionary<string, ReadOnlyMemory<byte>> puts = [];   // of a key that is written twice the last, as others do
        foreach ((string key, ReadOnlyMemory<byte> value) in transaction.Puts.Where(put => !deleted.Contains(put.Key)))
        {
            puts[key] = value;
        }

        long lease = transaction.Lease is EtcdLease bound ? bound.Id : 0;
        request.Success.Add(puts.Select(put => Put(keys.DataKey(put.Key), ByteString.CopyFrom(put.Value.Span), lease)));
        request.Success.Add(deleted.Select(key => new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = keys.DataKey(key) } }));
        request.Success.Add(Put(mark.Key, _happened, session.Lease.Id));
        request.Failure.Add(new RequestOp { RequestRange = new RangeRequest { Key = mark.Key } });
        if (ends)
        {
            TxnRequest ending = new();
            ending.Compare.Add(new Compare
            {
                Key = mark.Key, Target = Compare.Types.CompareTarget.Value, Result = Compare.Types.CompareResult.Equal, Value = _happened,
            });
            ending.Failure.Add(Put(mark.Key, _refused, session.Lease.Id));
            request.Failure.Add(new RequestOp { RequestTxn = ending });
        }

        return request;
    }

    private static Compare HasRevision(ByteString key, long revision) => new()
    {
        Key = key, Target = Compare.Types.CompareTarget.Mod, Result = Compare.Types.CompareResult.Equal, ModRevision = revision,
    };

    private static RequestOp Put(ByteString key, ByteString value, long lease) => new()
    {
        RequestPut = new PutRequest { Key = key, Value = value, Lease = lease },
    };
}
