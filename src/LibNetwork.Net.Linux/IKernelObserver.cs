namespace LibNetwork.Linux;

/// <summary>Sees every request before the kernel does: for tracing, counting and fault injection.</summary>
public interface IKernelObserver
{
    /// <summary>Whether <see cref="KernelRequest.Details"/> is wanted, which costs text for each request.</summary>
    bool WantsDetails => false;

    /// <summary>Called before a request is handed to the kernel.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="KernelException">Thrown to make this one request fail as if the kernel had refused it.</exception>
    void OnRequest(in KernelRequest request);
}
