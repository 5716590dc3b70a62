using LibNetwork.Linux;

namespace LibNetwork.Drivers.Bridge.Tests;

/// <summary>Records requests to the kernel while armed, and refuses one of them.</summary>
internal sealed class TestObserver : IKernelObserver
{
    private readonly Lock _gate = new();
    private readonly List<KernelRequest> _seen = [];
    private bool _armed;
    private int _failAt;
    private int _errno;

    public bool WantsDetails => true;

    public Action<KernelRequest>? Before { get; set; }

    public IReadOnlyList<KernelRequest> Seen
    {
        get
        {
            lock (_gate)
            {
                return [.. _seen];
            }
        }
    }

    /// <summary>Starts recording; request <paramref name="failAt"/>, counted from 1, is refused.</summary>
    public void Arm(int failAt = 0, int errno = LinuxErrno.EIO)
    {
        lock (_gate)
        {
            _seen.Clear();
            _armed = true;
            _failAt = failAt;
            _errno = errno;
        }
    }

    /// <summary>Stops recording.</summary>
    /// <returns>Whether a request was refused.</returns>
    public bool Disarm()
    {
        lock (_gate)
        {
            _armed = false;
            return _failAt > 0 && _seen.Count >= _failAt;
        }
    }

    public void OnRequest(in KernelRequest request)
    {
        lock (_gate)
        {
            if (!_armed)
            {
                return;
            }

            _seen.Add(request);
            Before?.Invoke(request);
            if (_seen.Count == _failAt)
            {
                throw new KernelException(request.Operation, request.Subject, _errno);
            }
        }
    }
}
