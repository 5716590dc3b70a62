using LibNetwork.Linux;

namespace LibNetwork.Drivers.Bridge;

/// <summary>What a refusal by the kernel means to a caller.</summary>
internal static class BridgeErrors
{
    private const int ReadOnlyFileSystem = 30;   // EROFS

    /// <summary>The refusal in the model's terms, or <see langword="null"/> when there is nothing to add to what the kernel said.</summary>
    public static NetworkException? Translate(KernelException exception, BridgeNetwork network, string subject) => exception.Errno switch
    {
        LinuxErrno.EPERM => new NetworkException(NetworkErrorKind.PermissionDenied, subject, exception.Message, exception)
        {
            Remedy = "give the process CAP_NET_ADMIN and CAP_SYS_ADMIN in the host's user namespace",
        },
        LinuxErrno.EACCES or ReadOnlyFileSystem => new NetworkException(NetworkErrorKind.PermissionDenied, subject, exception.Message, exception)
        {
            Remedy = "make /proc/sys/net writable to the process",
        },
        LinuxErrno.EOPNOTSUPP => new NetworkException(NetworkErrorKind.NotSupported, subject, exception.Message, exception)
        {
            Remedy = "load the kernel modules bridge and veth",
        },
        LinuxErrno.ENODEV when exception.Operation == CableLaying.FindBridge
            => new NetworkException(NetworkErrorKind.NotFound, subject, $"bridge \"{network.BridgeName}\" was removed", exception)
            {
                Remedy = "delete the network and create it again",
            },
        LinuxErrno.EXFULL => new NetworkException(
            NetworkErrorKind.Exhausted, subject, $"bridge \"{network.BridgeName}\" has as many ports as the kernel allows", exception)
        {
            Holder = $"the ports of interface \"{network.BridgeName}\"",
            Remedy = "delete endpoints that are not used, or spread them over several networks",
        },
        LinuxErrno.ENOENT when exception.Subject.StartsWith("net/ipv6/", StringComparison.Ordinal)
            => new NetworkException(NetworkErrorKind.NotSupported, subject, "the kernel has no IPv6", exception),
        LinuxErrno.EEXIST when exception.Operation == "create bridge"
            => new NetworkException(NetworkErrorKind.Conflict, subject, $"\"{network.BridgeName}\" exists already", exception)
            {
                Holder = $"interface \"{network.BridgeName}\"",
                Remedy = $"choose another name with {BridgeLabels.BridgeName}",
            },
        _ => null,
    };
}
