using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MiniRuntime.Engine.Events;

/// <summary>Hands what happens to everyone who listens; the last events are kept for who asks about the past. Thread safe.</summary>
internal sealed class EventHub(TimeProvider time)
{
    private const int Remembered = 256;   // as dockerd
    private const int MaxBehind = 1024;   // a listener further behind than that is cut off

    private readonly Lock _gate = new();
    private readonly Queue<EngineEvent> _past = new();
    private readonly List<Channel<EngineEvent>> _listeners = [];

    public void Publish(string type, string action, string actorId, IReadOnlyDictionary<string, string> attributes)
    {
        EngineEvent happened = new(type, action, actorId, attributes, time.GetUtcNow());
        lock (_gate)
        {
            _past.Enqueue(happened);
            if (_past.Count > Remembered)
            {
                _past.Dequeue();
            }

            _listeners.RemoveAll(listener => !listener.Writer.TryWrite(happened) && listener.Writer.TryComplete());
        }
    }

    /// <summary>The past from <paramref name="since"/> on, then what happens, until cancelled. Listening begins before this returns.</summary>
    public IAsyncEnumerable<EngineEvent> ListenAsync(DateTimeOffset? since, CancellationToken cancellationToken)
    {
        Channel<EngineEvent> channel = Channel.CreateBounded<EngineEvent>(MaxBehind);
        EngineEvent[] past;
        lock (_gate)
        {
            past = since is { } start ? [.. _past.Where(happened => happened.Time >= start)] : [];
            _listeners.Add(channel);
        }

        return ReadAsync(past, channel, cancellationToken);
    }

    private async IAsyncEnumerable<EngineEvent> ReadAsync(
        EngineEvent[] past, Channel<EngineEvent> channel, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            foreach (EngineEvent happened in past)
            {
                yield return happened;
            }

            await foreach (EngineEvent happened in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return happened;
            }
        }
        finally
        {
            lock (_gate)
            {
                _listeners.Remove(channel);
            }
        }
    }
}
