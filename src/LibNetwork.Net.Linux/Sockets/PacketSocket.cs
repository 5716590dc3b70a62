using System.Net.Sockets;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Namespaces;

namespace LibNetwork.Linux.Sockets;

/// <summary>Sends whole frames by an interface, with a checksum left to it if need be as the kernel's own protocols do, and receives those of all interfaces. Needs CAP_NET_RAW.</summary>
public sealed class PacketSocket : IDisposable
{
    private const int PacketLevel = 263;   // SOL_PACKET
    private const int OptionVirtioHeader = 15;   // PACKET_VNET_HDR
    private const int HeaderSize = 10;   // struct virtio_net_hdr
    private const int ChecksumStartOffset = 6, ChecksumOffsetOffset = 8;
    private const byte NeedsChecksum = 1;   // VIRTIO_NET_HDR_F_NEEDS_CSUM

    private readonly Socket _socket;

    private PacketSocket(Socket socket) => _socket = socket;

    /// <summary>Opens a socket.</summary>
    /// <param name="host">The namespace whose interfaces are heard.</param>
    /// <param name="filter">What is received: a program of classic BPF, each <c>struct sock_filter</c> as one number.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static PacketSocket Open(NetworkNamespace host, ReadOnlySpan<ulong> filter)
    {
        ArgumentNullException.ThrowIfNull(host);
        Socket socket = host.OpenSocket(AddressFamily.Packet, SocketType.Raw, ProtocolType.Unspecified);   // which hears nothing until it is bound
        try
        {
            int errno = SocketCalls.AttachFilter(socket, filter);
            if (errno != 0)
            {
                throw new KernelException("attach filter", string.Empty, errno);
            }

            int on = 1;
            socket.SetRawSocketOption(PacketLevel, OptionVirtioHeader, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in on)));
            socket.Bind(new PacketAddress(interfaceIndex: 0));   // all of them
            return new PacketSocket(socket);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new KernelException("open packet socket", string.Empty, exception.NativeErrorCode);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a frame as it is.</summary>
    /// <param name="interfaceIndex">The interface that it leaves by.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public ValueTask SendAsync(int interfaceIndex, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken = default)
        => SendAsync(interfaceIndex, new byte[HeaderSize], frame, cancellationToken);

    /// <summary>Sends a frame that lacks a checksum, which the interface that it leaves by is to fill in.</summary>
    /// <param name="interfaceIndex">The interface that it is given to.</param>
    /// <param name="frame">The frame; in the checksum's place is the sum of the pseudo header.</param>
    /// <param name="start">Where what is summed begins, in bytes from the frame's start.</param>
    /// <param name="offset">Where the checksum is, in bytes from <paramref name="start"/>.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public ValueTask SendUnsummedAsync(
        int interfaceIndex, ReadOnlyMemory<byte> frame, ushort start, ushort offset, CancellationToken cancellationToken = default)
    {
        byte[] header = new byte[HeaderSize];
        header[0] = NeedsChecksum;
        MemoryMarshal.Write(header.AsSpan(ChecksumStartOffset), start);
        MemoryMarshal.Write(header.AsSpan(ChecksumOffsetOffset), offset);
        return SendAsync(interfaceIndex, header, frame, cancellationToken);
    }

    /// <summary>Receives a frame that the filter accepts.</summary>
    /// <param name="buffer">Where the frame is put; what it has no room for is lost.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The frame, within the buffer.</returns>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            int length = await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            return buffer[Math.Min(HeaderSize, length)..length];
        }
        catch (SocketException exception)
        {
            throw new KernelException("receive frame", string.Empty, exception.NativeErrorCode);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async ValueTask SendAsync(int interfaceIndex, byte[] header, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        try
        {
            await _socket.SendToAsync((byte[])[.. header, .. frame.Span], SocketFlags.None, new PacketAddress(interfaceIndex), cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw new KernelException("send frame", string.Empty, exception.NativeErrorCode);
        }
    }
}
