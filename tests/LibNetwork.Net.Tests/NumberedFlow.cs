using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Tests;

/// <summary>
/// Numbered datagrams from one sandbox to another at an even pace, as programs send that do not wait for answers. On a machine that is too slow for
/// the pace it slows down, so that none is lost for want of room: few are on their way at a time, and more only after a long silence.
/// </summary>
internal sealed class NumberedFlow : IDisposable
{
    private const int MostOnTheirWay = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20), Silence = TimeSpan.FromSeconds(5);

    private readonly Socket _mouth;
    private readonly Socket _ear;
    private readonly ManualResetEventSlim _end = new();
    private readonly ConcurrentDictionary<int, bool> _arrived = new();
    private readonly Task<int> _sending;
    private readonly Task _hearing;
    private volatile bool _isOver;

    private NumberedFlow(Socket mouth, Socket ear, int perSecond)
    {
        _mouth = mouth;
        _ear = ear;
        _sending = Task.Factory.StartNew(() => Send(perSecond), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _hearing = Task.Factory.StartNew(Hear, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public static NumberedFlow Start(ISandbox from, ISandbox to, IPAddress address, int perSecond)
    {
        const int ReceiveTimeout = 100;   // milliseconds
        Socket ear = to.OpenSocket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        ear.ReceiveTimeout = ReceiveTimeout;
        ear.Bind(new IPEndPoint(address, 0));
        Socket mouth = from.OpenSocket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        mouth.Connect(address, ((IPEndPoint)ear.LocalEndPoint!).Port);   // it is bound
        return new NumberedFlow(mouth, ear, perSecond);
    }

    /// <summary>Ends the flow.</summary>
    /// <returns>How many were sent, and which did not arrive.</returns>
    public async Task<(int Sent, IReadOnlyList<int> Lost)> StopAsync()
    {
        _end.Set();
        int sent = await _sending;
        for (long start = Stopwatch.GetTimestamp(); _arrived.Count < sent && Stopwatch.GetElapsedTime(start) < Patience;)
        {
            await Task.Delay(10, World.Cancel);
        }

        _isOver = true;
        await _hearing;
        return (sent, [.. Enumerable.Range(0, sent).Where(number => !_arrived.ContainsKey(number))]);
    }

    public void Dispose()
    {
        _mouth.Dispose();
        _ear.Dispose();
        _end.Dispose();
    }

    private int Send(int perSecond)
    {
        byte[] datagram = new byte[64];
        int sent = 0, given = 0;   // given up: they may come yet, but nobody waits for them
        long progress = Stopwatch.GetTimestamp(), next = progress;
        int seen = 0;
        while (!_end.Wait(1))
        {
            int arrived = _arrived.Count;
            progress = arrived > seen ? Stopwatch.GetTimestamp() : progress;
            seen = arrived;
            if (Stopwatch.GetElapsedTime(progress) > Silence)
            {
                given = sent - arrived;
                progress = Stopwatch.GetTimestamp();
            }

            for (; next <= Stopwatch.GetTimestamp() && sent - _arrived.Count - given < MostOnTheirWay; next += Stopwatch.Frequency / perSecond)
            {
                BinaryPrimitives.WriteInt32BigEndian(datagram, sent++);
                _mouth.Send(datagram);
            }

            next = Math.Max(next, Stopwatch.GetTimestamp() - (MostOnTheirWay * Stopwatch.Frequency / perSecond));   // what could not be sent in time is not made up for
        }

        return sent;
    }

    private void Hear()
    {
        byte[] buffer = new byte[64];
        while (!_isOver)
        {
            try
            {
                _ear.Receive(buffer);
                _arrived[BinaryPrimitives.ReadInt32BigEndian(buffer)] = true;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                // Nothing came in time; it looks whether it is over.
            }
        }
    }
}
