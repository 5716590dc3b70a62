using LibNetwork.Linux;

namespace LibNetwork.Drivers.Overlay;

/// <summary>What a refusal by the kernel means to a caller.</summary>
internal static class OverlayErrors
{
    /// <summary>The refusal in the model's terms, or <see langword="null"/> when there is nothing to add to what the kernel said.</summary>
    public static NetworkException? Translate(KernelException exception, string subject) => exception.Errno switch
    {
        LinuxErrno.EPERM => new NetworkException(NetworkErrorKind.PermissionDenied, subject, exception.Message, exception)
        {
            Remedy = "give the process CAP_NET_ADMIN and CAP_SYS_ADMIN in the host's user namespace",
        },
        LinuxErrno.EOPNOTSUPP => new NetworkException(NetworkErrorKind.NotSupported, subject, exception.Message, exception)
        {
            Remedy = "load the kernel modules vxlan, bridge, veth and nf_tables",
        },
        LinuxErrno.EAFNOSUPPORT => new NetworkException(NetworkErrorKind.NotSupported, subject, exception.Message, exception)
        {
            Remedy = "advertise an address of a family that the kernel has",
        },
        LinuxErrno.EADDRINUSE => new NetworkException(NetworkErrorKind.Conflict, subject, $"the tunnels' UDP port is taken ({exception.Message})", exception)
        {
            Holder = "a socket of the host",
            Remedy = "end the program that has the port, or choose another port for the driver on all nodes",
        },
        LinuxErrno.ENODEV when exception.Operation == CableLaying.FindBridge
            => new NetworkException(NetworkErrorKind.NotFound, subject, "its network's bridge was removed", exception)
            {
                Remedy = "let the network's other endpoints on this host leave and join again, or turn the reconciliation on",
            },
        LinuxErrno.EXFULL => new NetworkException(NetworkErrorKind.Exhausted, subject, "its bridge has as many ports as the kernel allows", exception)
        {
            Remedy = "delete endpoints that are not used, or spread them over several networks",
        },
        _ => null,
    };
}
