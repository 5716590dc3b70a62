namespace LibNetwork.Internal;

/// <summary>Waits longer each time, up to half a second, and never for exactly as long as others do.</summary>
internal sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(20), Longest = TimeSpan.FromMilliseconds(500);

    private TimeSpan _next = First;

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan pause = _next * (0.5 + Random.Shared.NextDouble());
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return Task.Delay(pause, time, cancellationToken);
    }

    public void Reset() => _next = First;
}
