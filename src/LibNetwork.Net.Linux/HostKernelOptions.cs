using LibNetwork.Linux.Substitution;

namespace LibNetwork.Linux;

/// <summary>How a <see cref="HostKernel"/> is opened.</summary>
public sealed record HostKernelOptions
{
    /// <summary>The pinned network namespace that is the host.</summary>
    /// <value>The default, <see langword="null"/>, is the namespace that the process was started in.</value>
    public string? NamespacePath { get; init; }

    /// <summary>What stands in for the kernel.</summary>
    /// <value>The default is nobody: the kernel itself.</value>
    public IKernelSubstitute? Substitute { get; init; }

    /// <summary>Sees every request before the kernel does.</summary>
    /// <value>The default is nobody.</value>
    public IKernelObserver? Observer { get; init; }
}
