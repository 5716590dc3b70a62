using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Native;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibNetwork.Linux;

/// <summary>Says which process runs a host's networking, so that no two undo each other's work.</summary>
/// <remarks>
/// A listening socket with an abstract name: such names belong to a network namespace, one can be taken once, it goes with the process
/// however that ends, and whoever is refused learns who has it.
/// </remarks>
internal sealed class HostClaim : IDisposable
{
    private const int Attempts = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly IDisposable _hold;

    private static ReadOnlySpan<byte> Name => "libnetwork.controller"u8;

    private HostClaim(IDisposable hold) => _hold = hold;

    /// <summary>Takes the host.</summary>
    /// <remarks>
    /// Tried again for a moment when the holder is this process, or not to be seen: a process that is being started holds all sockets
    /// of the one that starts it until it runs its own program, also those that are closed meanwhile.
    /// </remarks>
    /// <returns>The claim, or <see langword="null"/> and the id of the process that has it; 0 when that one is not to be seen from here.</returns>
    public static async ValueTask<(HostClaim? Claim, int Holder)> TakeAsync(NetworkNamespace host, CancellationToken cancellationToken)
    {
        if (host.Substitute is { } substitute)
        {
            return substitute.TryClaim(host.Descriptor) is { } hold ? (new HostClaim(hold), 0) : (null, Environment.ProcessId);
        }

        if (TryTake(host, out int holder, asksForHolder: true) is { } first)
        {
            return (first, 0);
        }

        for (int attempt = 1; attempt < Attempts && (holder == 0 || holder == Environment.ProcessId); attempt++)
        {
            await Task.Delay(Pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            if (TryTake(host, out _, asksForHolder: false) is { } later)   // each question would stay in the listener's queue
            {
                return (later, 0);
            }
        }

        return (null, holder);
    }

    private static HostClaim? TryTake(NetworkNamespace host, out int holder, bool asksForHolder)
    {
        holder = 0;
        SafeFileHandle socket = new(host.OpenDescriptor(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK, protocol: 0, "open socket"), ownsHandle: true);
        int errno = SystemCalls.BindAbstract(socket, Name);
        if (errno == 0)
        {
            errno = SystemCalls.Listen(socket);
        }

        if (errno == 0)
        {
            return new HostClaim(socket);
        }

        if (errno == LinuxErrno.EADDRINUSE)
        {
            holder = asksForHolder ? SystemCalls.PeerOfAbstract(socket, Name) : 0;   // 0 also when it went away just now, or its queue is full
            socket.Dispose();
            return null;
        }

        socket.Dispose();
        throw new KernelException("claim host", host.Path ?? string.Empty, errno);
    }

    public void Dispose() => _hold.Dispose();
}
