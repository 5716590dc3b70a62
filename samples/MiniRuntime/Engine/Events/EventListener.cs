using System.Threading.Channels;

namespace MiniRuntime.Engine.Events;

/// <summary>Somebody who hears of events until disposed.</summary>
internal sealed class EventListener(EventHub hub, IReadOnlyList<EngineEvent> past) : IDisposable
{
    private const int MaxBehind = 1024;   // a listener further behind than that is cut off

    private readonly Channel<EngineEvent> _heard = Channel.CreateBounded<EngineEvent>(MaxBehind);

    /// <summary>What had happened before it began to listen.</summary>
    public IReadOnlyList<EngineEvent> Past { get; } = past;

    /// <summary>What happens; ends only when it is cut off.</summary>
    public IAsyncEnumerable<EngineEvent> ReadAsync(CancellationToken cancellationToken) => _heard.Reader.ReadAllAsync(cancellationToken);

    public void Dispose() => hub.Forget(this);

    /// <returns>Whether it goes on listening.</returns>
    internal bool Hear(EngineEvent happened)
    {
        bool keepsUp = _heard.Writer.TryWrite(happened);
        if (!keepsUp)
        {
            _heard.Writer.TryComplete();
        }

        return keepsUp;
    }
}
