using System.Net.Sockets;

namespace LibNetwork.ServiceDiscovery.Listening;

/// <summary>The open streams of one resolver: when there are too many, the oldest is closed. Thread safe.</summary>
internal sealed class StreamLimit(int most) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Socket> _open = [];
    private bool _isClosed;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    /// <returns>The stream's place, for <see cref="Remove"/>; <see langword="null"/> when the resolver is gone, and the stream is closed.</returns>
    public LinkedListNode<Socket>? Add(Socket stream)
    {
        Socket? oldest = null;
        LinkedListNode<Socket>? place = null;
        lock (_gate)
        {
            if (!_isClosed)
            {
                place = _open.AddLast(stream);
                if (_open.Count > most)
                {
                    oldest = _open.First!.Value;   // there is more than one
                    _open.RemoveFirst();
                }
            }
        }

        oldest?.Dispose();
        if (place is null)
        {
            stream.Dispose();
        }

        return place;
    }

    public void Remove(LinkedListNode<Socket> place)
    {
        lock (_gate)
        {
            if (place.List is not null)
            {
                _open.Remove(place);
            }
        }
    }

    public void Dispose()
    {
        Socket[] left;
        lock (_gate)
        {
            _isClosed = true;
            left = [.. _open];
            _open.Clear();
        }

        foreach (Socket stream in left)
        {
            stream.Dispose();
        }
    }
}
