using LibNetwork.Linux;

namespace LibNetwork.Controller;

/// <summary>Says in the model's terms why the kernel refused something.</summary>
internal static class KernelErrors
{
    /// <summary>Why a host could not be opened.</summary>
    public static NetworkException OfHost(string? namespacePath, KernelException refused)
    {
        string subject = namespacePath is null ? "host" : $"host namespace \"{namespacePath}\"";
        return refused.Errno == LinuxErrno.EINVAL
            ? new NetworkException(NetworkErrorKind.InvalidArgument, subject, "is not a network namespace", refused) { Field = nameof(LibNetworkOptions.HostNamespacePath) }
            : Translate(subject, refused);
    }

    public static NetworkException Translate(string subject, KernelException refused)
    {
        (NetworkErrorKind kind, string? remedy) = refused.Errno switch
        {
            LinuxErrno.EPERM or LinuxErrno.EACCES
                => (NetworkErrorKind.PermissionDenied, "run with the capabilities CAP_NET_ADMIN and CAP_SYS_ADMIN"),
            LinuxErrno.EEXIST or LinuxErrno.EADDRINUSE => (NetworkErrorKind.Conflict, null),
            LinuxErrno.ENOENT or LinuxErrno.ENODEV or LinuxErrno.ESRCH => (NetworkErrorKind.NotFound, "it may have been removed behind our back"),
            LinuxErrno.EOPNOTSUPP or LinuxErrno.EAFNOSUPPORT => (NetworkErrorKind.NotSupported, "the kernel lacks the feature"),
            LinuxErrno.EXDEV or LinuxErrno.ELOOP => (NetworkErrorKind.Forbidden, "something is mounted over the kernel's own files: take it away"),
            LinuxErrno.EMFILE or LinuxErrno.ENFILE => (NetworkErrorKind.Exhausted, "raise the limit of open files (RLIMIT_NOFILE)"),
            LinuxErrno.ENOMEM or LinuxErrno.ENOBUFS or LinuxErrno.EAGAIN or LinuxErrno.EBUSY => (NetworkErrorKind.Unavailable, "try again"),
            _ => (NetworkErrorKind.Internal, (string?)null),
        };
        return new NetworkException(kind, subject, $"the kernel refused to {refused.Message}", refused) { Remedy = remedy };
    }
}
