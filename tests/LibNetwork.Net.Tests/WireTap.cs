using System.Buffers.Binary;
using System.Net.Sockets;
using LibNetwork.Drivers.Overlay;
using LibNetwork.Linux;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Hears all that goes over a host's wire, in and out, from its start on.</summary>
internal sealed class WireTap : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly CancellationTokenSource _end = new();
    private readonly List<byte[]> _frames = [];
    private readonly Task _hearing;

    private WireTap(Socket socket)
    {
        _socket = socket;
        _hearing = HearAsync();
    }

    public static async Task<WireTap> OpenAsync(World world)
    {
        int index = 0;
        await world.InKernelAsync(session => index = session.Route.FindLink(Underlay.WireName)!.Index);   // every host has one
        Socket socket = world.Host.Namespace.OpenSocket(AddressFamily.Packet, SocketType.Raw, 0);
        socket.Bind(new PacketEndPoint(index));
        return new WireTap(socket);
    }

    /// <summary>Whether some bytes went by.</summary>
    public bool HasHeard(byte[] mark) => Frames.Any(frame => frame.AsSpan().IndexOf(mark) >= 0);

    /// <summary>Whether a packet of a tunnel in clear went by.</summary>
    public bool HasHeardClear(uint vni) => Frames.Any(frame => VniOf(frame) == vni);

    /// <summary>Whether a part of a packet that was cut went by.</summary>
    public bool HasHeardFragments() => Frames.Any(static frame => BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) switch
    {
        Frame.IPv4 => (BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(20)) & 0x3fff) != 0,   // more fragments, or an offset
        Frame.IPv6 => frame[20] == 44,
        _ => false,
    });

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _hearing;
        _socket.Dispose();
        _end.Dispose();
    }

    private byte[][] Frames
    {
        get
        {
            lock (_frames)
            {
                return [.. _frames];
            }
        }
    }

    private static uint? VniOf(byte[] frame)
    {
        const int Ethernet = 14, UdpHeader = 8, Vni = 4;
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12));
        int udp = Ethernet + (type == Frame.IPv4 ? (frame[Ethernet] & 0xf) * 4 : 40);
        int protocol = type switch { Frame.IPv4 => frame[Ethernet + 9], Frame.IPv6 => frame[Ethernet + 6], _ => 0 };
        return protocol == Frame.Udp && frame.Length >= udp + UdpHeader + 8
            && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(udp + 2)) == OverlayDriverOptions.DefaultPort
                ? BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(udp + UdpHeader + Vni)) >> 8
                : null;
    }

    private async Task HearAsync()
    {
        byte[] buffer = new byte[65536];
        try
        {
            while (true)
            {
                int length = await _socket.ReceiveAsync(buffer.AsMemory(), _end.Token);
                lock (_frames)
                {
                    _frames.Add(buffer[..length]);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the test.
        }
    }
}
