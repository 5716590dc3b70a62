using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace LibNetwork.Linux.Sockets;

/// <summary>A port of a host that no other socket can take while this one is not disposed. Some 4 KiB of kernel memory.</summary>
public sealed class HeldPort : IDisposable
{
    private const int Backlog = 128;
    private const int ProtocolTcp = 6;
    private const int ProtocolUdp = 17;

    private readonly SafeFileHandle? _handle;   // of one that hears
    private readonly SocketPark? _park;
    private readonly IDisposable? _substitute;
    private readonly SocketPark.Place? _place;   // of one that hears nothing

    internal HeldPort(IDisposable substitute, byte protocol, IPEndPoint address)
    {
        _substitute = substitute;
        Protocol = protocol;
        Address = address;
    }

    private HeldPort(SocketPark park, SafeFileHandle handle, byte protocol, IPEndPoint address, bool hearsNothing)
    {
        _park = park;
        Protocol = protocol;
        Address = address;
        if (hearsNothing)
        {
            _place = park.Park(handle);
        }
        else
        {
            _handle = handle;
        }
    }

    /// <summary>The protocol above IP: 6 for TCP, 17 for UDP, 132 for SCTP.</summary>
    public byte Protocol { get; }

    /// <summary>Address and port.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Whether there is a socket at all; there is none where a <see cref="Substitution.IKernelSubstitute"/> holds the port.</summary>
    public bool HasSocket => _substitute is null;

    /// <summary>Gives the socket away: it listens (TCP, SCTP) or receives. This object holds it no more.</summary>
    /// <exception cref="InvalidOperationException">It was opened to hear nothing.</exception>
    public Socket TakeSocket()
    {
        if (_handle is null)
        {
            throw new InvalidOperationException($"The socket on {Address} hears nothing.");
        }

        nint descriptor = _handle.DangerousGetHandle();
        Socket socket = new(new SafeSocketHandle(descriptor, ownsHandle: true));
        _handle.SetHandleAsInvalid();
        return socket;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _substitute?.Dispose();
        _handle?.Dispose();
        if (_place is not null)
        {
            _park?.Close(_place);
        }
    }

    /// <summary>Opens it.</summary>
    /// <param name="park">Where sockets that hear nothing are kept.</param>
    /// <param name="inside">The host.</param>
    /// <param name="protocol">The protocol above IP.</param>
    /// <param name="address">Address and port; the unspecified address takes all of its family.</param>
    /// <param name="hearsNothing">Whether what arrives is dropped.</param>
    internal static HeldPort Open(SocketPark park, NetworkNamespace inside, byte protocol, IPEndPoint address, bool hearsNothing)
    {
        int family = address.AddressFamily == AddressFamily.InterNetworkV6 ? SocketCalls.AddressFamilyInet6 : SocketCalls.AddressFamilyInet;
        SocketType type = protocol == ProtocolUdp ? SocketType.Dgram : SocketType.Stream;
        string subject = $"{NameOf(protocol)} {address}";
        int descriptor;
        try
        {
            descriptor = inside.OpenDescriptor(family, (int)type, protocol, "hold port");
        }
        catch (KernelException refused)
        {
            throw new KernelException("hold port", subject, refused.Errno);
        }

        SafeFileHandle handle = new(descriptor, ownsHandle: true);
        int errno = SocketCalls.BindAndListen(handle, address, type == SocketType.Stream ? Backlog : null, hearsNothing);
        if (errno != 0)
        {
            handle.Dispose();
            throw new KernelException("hold port", subject, errno);
        }

        return new HeldPort(park, handle, protocol, address, hearsNothing);
    }

    private static string NameOf(byte protocol) => protocol switch { ProtocolTcp => "tcp", ProtocolUdp => "udp", _ => "sctp" };
}
