using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LibNetwork.TestSupport;

/// <summary>Carries frames between the wires of two hosts as their cards would: with checksums that the kernel left to them, or, as some cards do, without those inside tunnels.</summary>
public sealed class CardRelay : IAsyncDisposable
{
    private const int HeaderSize = 10, ChecksumStartOffset = 6;   // struct virtio_net_hdr
    private const int OuterOverIPv4 = 14 + 20, OuterOverIPv6 = 14 + 40;   // where UDP begins

    private readonly CancellationTokenSource _stop = new();
    private readonly Socket[] _wires;
    private readonly Task _work;

    private CardRelay(Socket[] wires, bool fillsInnerChecksums)
    {
        _wires = wires;
        _work = Task.WhenAll(CarryAsync(wires[0], wires[1], fillsInnerChecksums), CarryAsync(wires[1], wires[0], fillsInnerChecksums));
    }

    /// <summary>Takes the first two hosts of an underlay off their switch and connects them.</summary>
    public static async Task<CardRelay> StartAsync(Underlay underlay, bool fillsInnerChecksums)
    {
        ArgumentNullException.ThrowIfNull(underlay);
        return new CardRelay([await underlay.TakeWireAsync(0), await underlay.TakeWireAsync(1)], fillsInnerChecksums);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (Socket wire in _wires)
        {
            wire.Dispose();
        }

        _stop.Dispose();
    }

    private async Task CarryAsync(Socket from, Socket to, bool fillsInnerChecksums)
    {
        byte[] buffer = new byte[HeaderSize + 65536];
        while (true)
        {
            int length = await from.ReceiveAsync(buffer.AsMemory(), _stop.Token);
            bool isOuter = MemoryMarshal.Read<ushort>(buffer.AsSpan(ChecksumStartOffset)) is OuterOverIPv4 or OuterOverIPv6;
            if (!fillsInnerChecksums && !isOuter)
            {
                buffer.AsSpan(0, HeaderSize).Clear();   // as if it were filled in
            }

            try
            {
                await to.SendAsync(buffer.AsMemory(0, length), SocketFlags.None, _stop.Token);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.NetworkDown or SocketError.NoBufferSpaceAvailable)
            {
                // The wire's other end is down.
            }
        }
    }
}
