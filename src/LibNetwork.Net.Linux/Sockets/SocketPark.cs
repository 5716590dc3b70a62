using LibNetwork.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace LibNetwork.Linux.Sockets;

/// <summary>
/// Sockets that nobody uses and that must stay open. The first ones keep their descriptors; the others are on their way from this process to
/// itself, over Unix sockets, where they need none: a process has far fewer descriptors than a host has ports. Thread safe.
/// </summary>
/// <remarks>
/// What is on its way ends with the process, as a descriptor does. Tools that look for the owner of a socket do not see it. Sending costs
/// some 3 µs, so it happens in the background unless too many wait for it.
/// </remarks>
internal sealed class SocketPark : IDisposable
{
    private const int MostWaiting = 256;

    private readonly Lock _gate = new();
    private readonly int _mostWithDescriptor;
    private readonly HashSet<Bay> _bays = [];
    private readonly Queue<Place> _waiting = new();
    private Bay? _filling;
    private int _withDescriptor;
    private bool _isSending;
    private bool _disposed;

    public SocketPark(int mostWithDescriptor) => _mostWithDescriptor = mostWithDescriptor;

    /// <summary>Takes a socket over.</summary>
    public Place Park(SafeFileHandle socket)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Place place = new(socket);
            if (_withDescriptor++ < _mostWithDescriptor)
            {
                return place;
            }

            _waiting.Enqueue(place);
            if (_waiting.Count > MostWaiting)
            {
                SendNext();
            }
            else if (!_isSending)
            {
                _isSending = true;
                ThreadPool.UnsafeQueueUserWorkItem(static park => park.SendWaiting(), this, preferLocal: false);
            }

            return place;
        }
    }

    /// <summary>Closes a socket.</summary>
    public void Close(Place place)
    {
        lock (_gate)
        {
            if (place.IsClosed)
            {
                return;
            }

            place.IsClosed = true;
            if (place.Descriptor is { } socket)
            {
                _withDescriptor--;
                socket.Dispose();
            }
            else if (!_disposed && place.Bay is { } bay)
            {
                bay.RemoveClosed();
                if (bay.IsEmpty && bay != _filling)
                {
                    _bays.Remove(bay);
                    bay.Dispose();
                }
            }
        }
    }

    /// <summary>Sends on their way those that wait for it.</summary>
    internal void SendWaiting()
    {
        while (true)
        {
            lock (_gate)   // let go of in between: others hold ports
            {
                if (_disposed || _waiting.Count == 0)
                {
                    _isSending = false;
                    return;
                }

                SendNext();
            }
        }
    }

    /// <summary>Closes the sockets that have no descriptor; the others are closed one by one.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (Bay bay in _bays)
            {
                bay.Dispose();
            }

            _bays.Clear();
        }
    }

    private void SendNext()
    {
        Place place = _waiting.Dequeue();
        if (place.IsClosed || FillingBay() is not { } bay || !bay.TrySend(place))
        {
            return;   // it keeps its descriptor
        }

        _withDescriptor--;
    }

    private Bay? FillingBay()
    {
        if (_filling is null or { IsFull: true })
        {
            if (Bay.TryOpen() is not { } opened)
            {
                return null;
            }

            _bays.Add(opened);
            _filling = opened;
        }

        return _filling;
    }

    /// <summary>Where a socket is: it has a descriptor, or is in a bay.</summary>
    internal sealed class Place(SafeFileHandle socket)
    {
        public SafeFileHandle? Descriptor { get; private set; } = socket;

        public Bay? Bay { get; private set; }

        public bool IsClosed { get; set; }

        public void MoveTo(Bay bay)
        {
            Descriptor?.Dispose();
            (Descriptor, Bay) = (null, bay);
        }
    }

    /// <summary>Two connected ends, and the sockets between them in their order.</summary>
    internal sealed class Bay : IDisposable
    {
        private const int Most = 64;   // far fewer than what may wait in a socket

        private readonly SafeFileHandle _entrance;
        private readonly SafeFileHandle _exit;
        private readonly Queue<Place> _places = new();

        private Bay(SafeFileHandle entrance, SafeFileHandle exit) => (_entrance, _exit) = (entrance, exit);

        public bool IsFull => _places.Count >= Most;

        public bool IsEmpty => _places.Count == 0;

        public static Bay? TryOpen()
            => SystemCalls.OpenSocketPair(out SafeFileHandle entrance, out SafeFileHandle exit) == 0 ? new Bay(entrance, exit) : null;

        public bool TrySend(Place place)
        {
            if (SystemCalls.PassDescriptor(_entrance, place.Descriptor!) != 0)   // it has one until it is sent
            {
                return false;
            }

            place.MoveTo(this);
            _places.Enqueue(place);
            return true;
        }

        /// <summary>Takes out those that are closed; those before them go to the end.</summary>
        public void RemoveClosed()
        {
            int closed = _places.Count(static place => place.IsClosed);
            while (closed > 0)
            {
                if (_places.Peek().IsClosed)
                {
                    closed--;
                }
                else
                {
                    // It is at the end before it leaves the front. Without a free descriptor it stays, and the next one that closes tries again.
                    using SafeFileHandle front = SystemCalls.PeekDescriptor(_exit);
                    if (front.IsInvalid || SystemCalls.PassDescriptor(_entrance, front) != 0)
                    {
                        return;
                    }

                    _places.Enqueue(_places.Peek());
                }

                SystemCalls.DropDescriptor(_exit);
                _places.Dequeue();
            }
        }

        public void Dispose()
        {
            _entrance.Dispose();
            _exit.Dispose();
        }
    }
}
