using LibNetwork.Linux;

namespace LibNetwork.TestSupport;

/// <summary>Counts the points at which a verb can fail, and makes it fail at one of them, or cancels a token there.</summary>
public sealed class FaultInjector : IKernelObserver
{
    private int _count;
    private int _target = -1;
    private CancellationTokenSource? _cancellation;
    private bool _lasts;

    /// <summary>The point that was hit, for messages.</summary>
    public string? Hit { get; private set; }

    /// <summary>Called at each point, before anything goes wrong there.</summary>
    public Action<string>? Passing { get; set; }

    /// <summary>How many points there were since the last <see cref="Arm"/>.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Starts counting from zero.</summary>
    /// <param name="target">The point to hit, from 0; -1 for none.</param>
    /// <param name="cancellation">What to cancel there; without it the point fails.</param>
    /// <param name="lasts">Whether all later points fail as well, as if the process had ended there.</param>
    public void Arm(int target = -1, CancellationTokenSource? cancellation = null, bool lasts = false)
    {
        _lasts = lasts;
        Hit = null;
        _cancellation = cancellation;
        _target = target;
        Volatile.Write(ref _count, 0);
    }

    public void OnRequest(in KernelRequest request)
    {
        KernelRequest refused = request;
        Pass(request.ToString(), () => new KernelException(refused.Operation, refused.Subject, LinuxErrno.EIO, "injected"));
    }

    /// <summary>Passes a point.</summary>
    /// <param name="point">Which one it is, for messages.</param>
    /// <param name="failure">What goes wrong there; <see langword="null"/> where nothing can, and only a token can be cancelled.</param>
    public void Pass(string point, Func<Exception>? failure)
    {
        Passing?.Invoke(point);
        if (failure is null && _cancellation is null)
        {
            return;
        }

        int number = Interlocked.Increment(ref _count) - 1;
        if (number != _target && !(_lasts && number > _target))
        {
            return;
        }

        Hit ??= point;
        if (_cancellation is not null)
        {
            _cancellation.Cancel();
        }
        else if (failure is not null)
        {
            throw failure();
        }
    }
}
