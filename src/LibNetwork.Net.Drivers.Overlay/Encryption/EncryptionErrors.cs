using LibNetwork.Linux;

namespace LibNetwork.Drivers.Overlay.Encryption;

/// <summary>What a refusal by the kernel means to who wants encryption.</summary>
internal static class EncryptionErrors
{
    /// <summary>The refusal in the model's terms, or <see langword="null"/> when there is nothing to add to what the kernel said.</summary>
    public static NetworkException? Translate(KernelException exception, string subject, OverlayDriverOptions options) => exception.Errno switch
    {
        LinuxErrno.EOPNOTSUPP => new NetworkException(NetworkErrorKind.NotSupported, subject, $"the kernel cannot encrypt ({exception.Message})", exception)
        {
            Field = OverlayLabels.Encrypted,
            Remedy = $"load the kernel module wireguard, or leave \"{OverlayLabels.Encrypted}\" out",
        },
        LinuxErrno.EAFNOSUPPORT or LinuxErrno.ENOENT => new NetworkException(NetworkErrorKind.NotSupported, subject, $"the kernel cannot encrypt ({exception.Message})", exception)
        {
            Field = OverlayLabels.Encrypted,
            Remedy = "use a kernel with WireGuard and IPv6",
        },
        LinuxErrno.EADDRINUSE => new NetworkException(NetworkErrorKind.Conflict, subject, $"the UDP port of the next key is taken ({exception.Message})", exception)
        {
            Holder = "a socket of the host",
            Remedy = $"free the ports {options.EncryptionPort} and {options.EncryptionPort + 1}, or choose another {nameof(options.EncryptionPort)}",
        },
        _ => OverlayErrors.Translate(exception, subject),
    };
}
