using System.Net.Sockets;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Namespaces;

namespace LibNetwork.Linux;

/// <summary>Says which process runs a host's networking, so that no two undo each other's work.</summary>
/// <remarks>
/// A listening socket with an abstract name: such names belong to a network namespace, one can be taken once, it goes with the process
/// however that ends, and whoever is refused learns who has it.
/// </remarks>
internal sealed class HostClaim : IDisposable
{
    private const string Name = "\0libnetwork.controller";
    private const int SocketLevel = 1, PeerCredentials = 17;   // SOL_SOCKET, SO_PEERCRED
    private const int CredentialsSize = 12;   // struct ucred: process, user, group
    private const int Attempts = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly IDisposable _hold;

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
        Socket socket = host.OpenSocket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(Name));
            socket.Listen(backlog: 1);
            return new HostClaim(socket);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            holder = asksForHolder ? HolderOf(socket) : 0;
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _hold.Dispose();

    private static int HolderOf(Socket socket)
    {
        try
        {
            socket.Blocking = false;   // nobody accepts; asked often enough at once the listener's queue is full
            socket.Connect(new UnixDomainSocketEndPoint(Name));
            Span<byte> credentials = stackalloc byte[CredentialsSize];
            return socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials) >= sizeof(int) ? MemoryMarshal.Read<int>(credentials) : 0;
        }
        catch (SocketException)
        {
            return 0;   // it went away just now, or its queue is full
        }
    }
}
