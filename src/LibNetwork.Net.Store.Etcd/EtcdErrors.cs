using Grpc.Core;

namespace LibNetwork.Stores.Etcd;

/// <summary>What etcd's refusals mean.</summary>
internal static class EtcdErrors
{
    /// <summary>Whether another member, or the same one a little later, may say something else.</summary>
    public static bool IsTransient(RpcException refused) => refused.StatusCode switch
    {
        StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Internal or StatusCode.Cancelled or StatusCode.Unknown => true,
        StatusCode.ResourceExhausted => !IsFull(refused),
        _ => false,
    };

    /// <summary>Whether we are not known, or not any more: a token's time was over, or its member was restarted.</summary>
    public static bool IsUnknownUser(RpcException refused) => refused.StatusCode == StatusCode.Unauthenticated
        || (refused.StatusCode == StatusCode.InvalidArgument && refused.Status.Detail.Contains("user name is empty", StringComparison.Ordinal));

    public static bool IsLeaseGone(RpcException refused)
        => refused.StatusCode == StatusCode.NotFound && refused.Status.Detail.Contains("lease not found", StringComparison.Ordinal);

    public static bool IsCompacted(RpcException refused)
        => refused.StatusCode == StatusCode.OutOfRange && refused.Status.Detail.Contains("compacted", StringComparison.Ordinal);

    public static NetworkException TooFarBehind()
        => new(NetworkErrorKind.Unavailable, "store", "the watcher is too far behind: etcd has compacted what it has not seen")
        {
            Remedy = "list the keys again and watch from there",
        };

    /// <summary>A refusal as the store's users know it.</summary>
    /// <param name="refused">The refusal.</param>
    /// <param name="endpoint">The member that refused last.</param>
    /// <param name="request">What was asked.</param>
    public static NetworkException Translate(RpcException refused, Uri endpoint, string request)
    {
        string subject = $"etcd at {endpoint}";
        string problem = $"{request} was refused: {refused.Status.Detail} ({refused.StatusCode})";
        return refused.StatusCode switch
        {
            StatusCode.PermissionDenied => new NetworkException(NetworkErrorKind.PermissionDenied, subject, problem, refused)
            {
                Remedy = "grant the user a role with read and write permission for the store's prefix",
            },
            _ when IsUnknownUser(refused)
                || refused.StatusCode == StatusCode.FailedPrecondition
                || refused.Status.Detail.Contains("authentication failed", StringComparison.Ordinal) => new NetworkException(
                NetworkErrorKind.PermissionDenied, subject, problem, refused)
            {
                Remedy = $"set {nameof(EtcdStoreOptions.UserName)} and {nameof(EtcdStoreOptions.Password)} as etcd knows them",
            },
            StatusCode.InvalidArgument when refused.Status.Detail.Contains("too many operations", StringComparison.Ordinal) => new NetworkException(
                NetworkErrorKind.Exhausted, subject, problem, refused)
            {
                Remedy = "start etcd with a larger --max-txn-ops",
            },
            StatusCode.ResourceExhausted when IsFull(refused) => new NetworkException(NetworkErrorKind.Exhausted, subject, problem, refused)
            {
                Remedy = "compact and defragment etcd, or start it with a larger --quota-backend-bytes",
            },
            _ when IsTransient(refused) => new NetworkException(NetworkErrorKind.Unavailable, subject, problem, refused)
            {
                Remedy = "see whether a majority of the members runs and can be reached",
            },
            _ => new NetworkException(NetworkErrorKind.Internal, subject, problem, refused),
        };
    }

    private static bool IsFull(RpcException refused) => refused.Status.Detail.Contains("space exceeded", StringComparison.Ordinal);
}
