using LibNetwork.Linux;

namespace LibNetwork.TestSupport;

/// <summary>Counts the requests to the kernel and makes one of them fail, or cancels a token at one of them.</summary>
public sealed class FaultInjector : IKernelObserver
{
    private int _count;
    private int _target = -1;
    private CancellationTokenSource? _cancellation;

    /// <summary>The request that was hit, for messages.</summary>
    public string? Hit { get; private set; }

    /// <summary>How many requests there were since the last <see cref="Arm"/>.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Starts counting from zero.</summary>
    /// <param name="target">The request to hit, from 0; -1 for none.</param>
    /// <param name="cancellation">What to cancel there; without it the request fails.</param>
    public void Arm(int target = -1, CancellationTokenSource? cancellation = null)
    {
        Hit = null;
        _cancellation = cancellation;
        _target = target;
        Volatile.Write(ref _count, 0);
    }

    public void OnRequest(in KernelRequest request)
    {
        if (Interlocked.Increment(ref _count) - 1 != _target)
        {
            return;
        }

        Hit = request.ToString();
        if (_cancellation is not null)
        {
            _cancellation.Cancel();
            return;
        }

        throw new KernelException(request.Operation, request.Subject, LinuxErrno.EIO, "injected");
    }
}
