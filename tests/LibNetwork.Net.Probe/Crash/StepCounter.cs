using System.Diagnostics;
using LibNetwork.Linux;

namespace LibNetwork.Probe.Crash;

/// <summary>Counts what the library asks of the kernel and the store, and kills this process, as by a power cut to it, at one of them.</summary>
internal sealed class StepCounter : IKernelObserver
{
    private readonly AsyncLocal<bool> _isOfVerb = new();
    private int _count;
    private int _target = -1;
    private bool _countsAll = true;

    /// <summary>From now on the process dies at a step; -1 for none.</summary>
    /// <param name="target">The step.</param>
    /// <param name="countsAll">Whether what others ask meanwhile are steps too, besides those of whoever calls this.</param>
    public void Arm(int target, bool countsAll = true)
    {
        _countsAll = countsAll;
        _isOfVerb.Value = true;
        _target = -1;
        Volatile.Write(ref _count, 0);
        _target = target;
    }

    public void OnRequest(in KernelRequest request)
    {
        if (!IsReading(request.Operation))
        {
            Pass();
        }
    }

    public void Pass()
    {
        if (_target >= 0 && (_countsAll || _isOfVerb.Value) && Interlocked.Increment(ref _count) - 1 == _target)
        {
            Process.GetCurrentProcess().Kill();   // SIGKILL: nothing is flushed, nothing is undone
            Thread.Sleep(Timeout.Infinite);
        }
    }

    /// <summary>To die before a question is to die before the next change.</summary>
    private static bool IsReading(string operation)
        => operation.Split(' ')[0] is "find" or "dump" or "read" or "list";
}
