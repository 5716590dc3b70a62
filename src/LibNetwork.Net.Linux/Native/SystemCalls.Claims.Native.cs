using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibNetwork.Linux.Native;

/// <content>Sockets with an abstract name. The runtime's own sockets start a thread with the first of them.</content>
internal static unsafe partial class SystemCalls
{
    private const int SocketLevel = 1, PeerCredentials = 17;   // SOL_SOCKET, SO_PEERCRED

    /// <summary>Gives a Unix socket a name that goes with it.</summary>
    /// <returns>0 or the error number; EADDRINUSE when the name is taken in the socket's network namespace.</returns>
    public static int BindAbstract(SafeFileHandle socket, ReadOnlySpan<byte> name)
    {
        UnixAddress address = UnixAddress.Abstract(name, out int length);
        return LibC.bind((int)socket.DangerousGetHandle(), (sockaddr*)&address, length) == 0 ? 0 : LibC.errno;
    }

    /// <summary>Lets one caller wait at a socket.</summary>
    /// <returns>0 or the error number.</returns>
    public static int Listen(SafeFileHandle socket) => LibC.listen((int)socket.DangerousGetHandle(), 1) == 0 ? 0 : LibC.errno;

    /// <summary>Asks who listens under a name.</summary>
    /// <returns>Its process, as it is known here; 0 when that is not to be seen, or nobody listens.</returns>
    public static int PeerOfAbstract(SafeFileHandle socket, ReadOnlySpan<byte> name)
    {
        UnixAddress address = UnixAddress.Abstract(name, out int length);
        Credentials peer = default;
        socklen_t size = sizeof(Credentials);
        int fd = (int)socket.DangerousGetHandle();
        return LibC.connect(fd, (sockaddr*)&address, length) == 0 && LibC.getsockopt(fd, SocketLevel, PeerCredentials, &peer, &size) == 0 ? peer.Process : 0;
    }

    /// <summary>Where a Unix socket is (<c>struct sockaddr_un</c>).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct UnixAddress
    {
        private const int MaxName = 108;

        private ushort _family;
        private fixed byte _name[MaxName];

        public static UnixAddress Abstract(ReadOnlySpan<byte> name, out int length)
        {
            UnixAddress address = new() { _family = (ushort)LibC.AF_UNIX };
            name.CopyTo(new Span<byte>(address._name + 1, MaxName - 1));   // the zero before it is what makes it abstract
            length = sizeof(ushort) + 1 + name.Length;
            return address;
        }
    }

    /// <summary>Who is at the other end (<c>struct ucred</c>).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Credentials
    {
        public int Process;
        public uint User;
        public uint Group;
    }
}
