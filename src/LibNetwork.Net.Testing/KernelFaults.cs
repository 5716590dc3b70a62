using System.Collections.Concurrent;
using LibNetwork.Linux;

namespace LibNetwork.Testing;

/// <summary>Counts the requests to a kernel, and refuses one of them: so a test can let each step of a call fail in turn. Thread safe.</summary>
public sealed class KernelFaults : IKernelObserver
{
    private readonly ConcurrentQueue<string> _requests = new();
    private int _count;
    private int _refuse = -1;
    private int _errno;

    /// <summary>The requests since the last <see cref="Arm"/>, in order.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>The request that was refused; <see langword="null"/> when none has been since the last <see cref="Arm"/>.</summary>
    public string? Refused { get; private set; }

    /// <summary>Counts from zero again.</summary>
    /// <param name="refuse">Which request is to be refused, from 0; <see langword="null"/> for none.</param>
    /// <param name="errno">With which error (<see cref="LinuxErrno"/>).</param>
    public void Arm(int? refuse = null, int errno = LinuxErrno.EIO)
    {
        _requests.Clear();
        Refused = null;
        _errno = errno;
        _refuse = refuse ?? -1;
        Volatile.Write(ref _count, 0);
    }

    /// <inheritdoc/>
    public void OnRequest(in KernelRequest request)
    {
        _requests.Enqueue(request.ToString());
        if (Interlocked.Increment(ref _count) - 1 == _refuse)
        {
            Refused = request.ToString();
            throw new KernelException(request.Operation, request.Subject, _errno, "refused by a test");
        }
    }
}
