namespace LibNetwork.Linux;

/// <summary>The kernel refused a request: which one, on what, and why in the kernel's own words.</summary>
public sealed class KernelException : Exception
{
    /// <summary>Describes one refused request.</summary>
    /// <param name="operation">What was asked, for example <c>create link</c> or <c>setns</c>.</param>
    /// <param name="subject">What it was asked of, for example an interface name or a path; may be empty.</param>
    /// <param name="errno">The positive error number.</param>
    /// <param name="kernelText">The kernel's extended acknowledgement, when it gave one.</param>
    public KernelException(string operation, string subject, int errno, string? kernelText = null)
        : base(Describe(operation, subject, errno, kernelText))
    {
        Operation = operation;
        Subject = subject;
        Errno = errno;
        KernelText = kernelText;
    }

    /// <summary>What was asked of the kernel.</summary>
    public string Operation { get; }

    /// <summary>What it was asked of; empty when the request names no object.</summary>
    public string Subject { get; }

    /// <summary>The error number, positive, as in <c>errno.h</c>; see <see cref="LinuxErrno"/>.</summary>
    public int Errno { get; }

    /// <summary>The text of the kernel's extended acknowledgement, or <see langword="null"/>.</summary>
    public string? KernelText { get; }

    private static string Describe(string operation, string subject, int errno, string? kernelText)
    {
        string target = subject.Length == 0 ? operation : $"{operation} \"{subject}\"";
        string detail = kernelText is null ? string.Empty : $" ({kernelText})";
        return $"{target}: {LinuxErrno.Name(errno)}{detail}";
    }
}
