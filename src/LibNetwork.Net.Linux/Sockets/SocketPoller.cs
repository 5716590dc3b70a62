using System.Net.Sockets;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace LibNetwork.Linux.Sockets;

/// <summary>Says of many sockets which have something to read. One thread waits; the other methods are thread safe.</summary>
/// <remarks>A socket that is closed is forgotten by itself.</remarks>
public sealed class SocketPoller : IDisposable
{
    private const ulong WakeToken = ulong.MaxValue;

    private readonly SafeFileHandle _epoll;
    private readonly SafeFileHandle _wake;

    /// <summary>Makes a poller without sockets.</summary>
    /// <exception cref="KernelException">The process has too many files open.</exception>
    public SocketPoller()
    {
        int epoll = SystemCalls.CreateEpoll(out int errno);
        _epoll = epoll >= 0 ? new SafeFileHandle(epoll, ownsHandle: true) : throw new KernelException("create epoll", string.Empty, errno);
        int wake = SystemCalls.CreateEvent(out errno);
        if (wake < 0)
        {
            _epoll.Dispose();
            throw new KernelException("create eventfd", string.Empty, errno);
        }

        _wake = new SafeFileHandle(wake, ownsHandle: true);
        errno = SystemCalls.AddToEpoll(epoll, wake, WakeToken);
        if (errno != 0)
        {
            Dispose();
            throw new KernelException("watch eventfd", string.Empty, errno);
        }
    }

    /// <summary>Watches a socket, until it is closed or removed.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="token">What <see cref="Wait"/> says when there is something to read; any value but the greatest.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public void Add(SafeHandle socket, ulong token)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentOutOfRangeException.ThrowIfEqual(token, WakeToken);
        int errno = With(socket, (Epoll: Descriptor(_epoll), token), static (fd, state) => SystemCalls.AddToEpoll(state.Epoll, fd, state.token));
        if (errno != 0)
        {
            throw new KernelException("watch socket", string.Empty, errno);
        }
    }

    /// <summary>Watches a socket no more; one that is not watched is not an error.</summary>
    public void Remove(SafeHandle socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        With(socket, Descriptor(_epoll), static (fd, epoll) => SystemCalls.RemoveFromEpoll(epoll, fd));
    }

    /// <summary>Waits until sockets have something to read, or <see cref="Wake"/> is called.</summary>
    /// <param name="tokens">Takes the tokens of those that have; at most 64 at a time.</param>
    /// <returns>How many have.</returns>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public int Wait(Span<ulong> tokens)
    {
        int count = SystemCalls.WaitForEpoll(Descriptor(_epoll), tokens, out int errno);
        if (count < 0)
        {
            return errno == LinuxErrno.EINTR ? 0 : throw new KernelException("wait for sockets", string.Empty, errno);
        }

        int woken = tokens[..count].IndexOf(WakeToken);
        if (woken >= 0)
        {
            SystemCalls.Clear(Descriptor(_wake));
            tokens[woken] = tokens[--count];
        }

        return count;
    }

    /// <summary>Makes <see cref="Wait"/> return, now or the next time.</summary>
    public void Wake()
    {
        bool held = false;
        try
        {
            _wake.DangerousAddRef(ref held);
            SystemCalls.Signal(Descriptor(_wake));
        }
        finally
        {
            if (held)
            {
                _wake.DangerousRelease();
            }
        }
    }

    /// <summary>Takes a connection that waits at a listening socket.</summary>
    /// <param name="listener">The socket; one that blocks makes this wait for the next connection.</param>
    /// <returns>The connection, which does not block; <see langword="null"/> when none waits.</returns>
    /// <exception cref="KernelException">The process has too many files open.</exception>
    public static Socket? Accept(SafeHandle listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        int errno = 0;
        int fd = With(listener, 0, (descriptor, _) => SystemCalls.Accept(descriptor, out errno));
        return fd >= 0
            ? new Socket(new SafeSocketHandle(fd, ownsHandle: true))
            : errno is LinuxErrno.EAGAIN or LinuxErrno.EINTR or LinuxErrno.ECONNABORTED ? null : throw new KernelException("accept connection", string.Empty, errno);
    }

    /// <summary>Closes the poller; no thread may be waiting.</summary>
    public void Dispose()
    {
        _epoll.Dispose();
        _wake.Dispose();
    }

    private static int Descriptor(SafeHandle handle) => (int)handle.DangerousGetHandle();

    private static int With<TState>(SafeHandle handle, TState state, Func<int, TState, int> use)
    {
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            return use(Descriptor(handle), state);
        }
        finally
        {
            if (held)
            {
                handle.DangerousRelease();
            }
        }
    }
}
