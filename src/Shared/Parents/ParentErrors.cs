using LibNetwork.Linux;

namespace LibNetwork.Drivers.Parents;

/// <summary>What a refusal by the kernel means to a caller.</summary>
internal static class ParentErrors
{
    /// <summary>Whether the parent takes no such interface, or no further one.</summary>
    public static bool IsOccupied(KernelException exception, string driver)
        => exception.Errno is LinuxErrno.EBUSY or LinuxErrno.EINVAL && exception.Operation == $"create {driver}";

    /// <summary>The refusal in the model's terms, or <see langword="null"/> when there is nothing to add to what the kernel said.</summary>
    public static NetworkException? Translate(KernelException exception, string driver, string subject) => exception.Errno switch
    {
        LinuxErrno.EPERM => new NetworkException(NetworkErrorKind.PermissionDenied, subject, exception.Message, exception)
        {
            Remedy = "give the process CAP_NET_ADMIN and CAP_SYS_ADMIN in the host's user namespace",
        },
        LinuxErrno.EOPNOTSUPP => new NetworkException(NetworkErrorKind.NotSupported, subject, exception.Message, exception)
        {
            Remedy = $"load the kernel modules {driver}, 8021q and dummy",
        },
        _ when IsOccupied(exception, driver)
            => new NetworkException(NetworkErrorKind.Conflict, subject, $"the parent takes no such interface: {exception.Message}", exception)
            {
                Remedy = "choose a parent that is no port of a bridge and has no macvlan or ipvlan interfaces of another kind",
            },
        _ => null,
    };
}
