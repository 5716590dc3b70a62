namespace MiniRuntime.Engine.Events;

/// <summary>Hands what happens to everyone who listens; the last events are kept for who asks about the past. Thread safe.</summary>
internal sealed class EventHub(TimeProvider time)
{
    private const int Remembered = 256;   // as dockerd

    private readonly Lock _gate = new();
    private readonly Queue<EngineEvent> _past = new();
    private readonly List<EventListener> _listeners = [];

    /// <summary>How many listen now.</summary>
    public int Listeners
    {
        get
        {
            lock (_gate)
            {
                return _listeners.Count;
            }
        }
    }

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

            _listeners.RemoveAll(listener => !listener.Hear(happened));
        }
    }

    /// <summary>Listens from now on, until the listener is disposed.</summary>
    /// <param name="since">From when on the past is wanted; <see langword="null"/> for none of it.</param>
    public EventListener Listen(DateTimeOffset? since)
    {
        lock (_gate)
        {
            EventListener listener = new(this, since is { } start ? [.. _past.Where(happened => happened.Time >= start)] : []);
            _listeners.Add(listener);
            return listener;
        }
    }

    internal void Forget(EventListener listener)
    {
        lock (_gate)
        {
            _listeners.Remove(listener);
        }
    }
}
