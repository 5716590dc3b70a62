using System.Diagnostics;
using System.Net.Sockets;

namespace LibNetwork.Benchmarks;

/// <summary>Sends as much as it can by one connection.</summary>
internal static class TcpStream
{
    private const int PieceBytes = 1 << 18;

    /// <summary>Fills a connection for some time.</summary>
    /// <param name="listener">Where it is accepted.</param>
    /// <param name="connect">Opens it.</param>
    /// <param name="time">How long.</param>
    /// <returns>What arrived, in Gbit/s.</returns>
    public static async Task<double> MeasureAsync(Socket listener, Func<Socket> connect, TimeSpan time)
    {
        Task<long> server = Task.Factory.StartNew(() => ReceiveAll(listener), TaskCreationOptions.LongRunning);
        long start;
        using (Socket client = connect())
        {
            byte[] piece = new byte[PieceBytes];
            start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                client.Send(piece);
            }

            client.Shutdown(SocketShutdown.Send);
        }

        return await server * 8 / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
    }

    private static long ReceiveAll(Socket listener)
    {
        using Socket peer = listener.Accept();
        byte[] buffer = new byte[PieceBytes];
        long received = 0;
        while (peer.Receive(buffer) is > 0 and int length)
        {
            received += length;
        }

        return received;
    }
}
