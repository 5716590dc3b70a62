using LibNetwork.Linux;

namespace LibNetwork.Controller.Rehearsing;

/// <summary>Remembers the changes that are asked of a kernel, from a moment on.</summary>
internal sealed class RequestRecorder : IKernelObserver
{
    private readonly Lock _gate = new();
    private readonly List<KernelRequest> _requests = [];
    private bool _isRecording;

    public bool WantsDetails => _isRecording;

    public void Start() => _isRecording = true;

    /// <summary>Ends the recording.</summary>
    public IReadOnlyList<KernelRequest> Stop()
    {
        lock (_gate)
        {
            _isRecording = false;
            return [.. _requests];
        }
    }

    public void OnRequest(in KernelRequest request)
    {
        lock (_gate)
        {
            if (_isRecording && request.IsChange)
            {
                _requests.Add(request);
            }
        }
    }
}
