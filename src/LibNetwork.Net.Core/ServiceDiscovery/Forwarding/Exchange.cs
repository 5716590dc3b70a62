using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.ServiceDiscovery.Dns;

namespace LibNetwork.ServiceDiscovery.Forwarding;

/// <summary>One question to one server, from a socket of its own: the kernel picks its port by chance, and the id is random too.</summary>
internal static class Exchange
{
    private const int DatagramBytes = 8192;
    private const int LengthBytes = 2;

    /// <summary>Asks. What is no answer to the question is not taken, and the wait goes on.</summary>
    /// <returns>The answer; <see langword="null"/> when the server cannot be reached or hangs up.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public static async Task<byte[]?> AskAsync(NetworkNamespace from, IPEndPoint server, Question question, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(question.IsStream ? LengthBytes + DnsWire.MaxMessageBytes : DatagramBytes);
        byte[] sent = ArrayPool<byte>.Shared.Rent(LengthBytes + question.Message.Length);
        try
        {
            using Socket socket = from.OpenSocket(
                server.AddressFamily, question.IsStream ? SocketType.Stream : SocketType.Dgram, question.IsStream ? ProtocolType.Tcp : ProtocolType.Udp);
            Write(question, sent);
            return question.IsStream
                ? await AskStreamAsync(socket, server, question, sent, buffer, cancellationToken).ConfigureAwait(false)
                : await AskDatagramAsync(socket, server, question, sent, buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or KernelException or ObjectDisposedException or IOException)
        {
            return null;   // unreachable, refused, or its sandbox is going: the next server is asked
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(sent);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Write(Question question, byte[] sent)
    {
        BinaryPrimitives.WriteUInt16BigEndian(sent, (ushort)question.Message.Length);
        question.Message.CopyTo(sent.AsSpan(LengthBytes));
        RandomNumberGenerator.Fill(sent.AsSpan(LengthBytes, DnsWire.FlagsOffset));
    }

    private static async Task<byte[]?> AskDatagramAsync(
        Socket socket, IPEndPoint server, Question question, byte[] sent, byte[] buffer, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> message = sent.AsMemory(LengthBytes, question.Message.Length);
        socket.Connect(server);   // only packets of this server are delivered from here on
        await socket.SendAsync(message, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            int received = await socket.ReceiveAsync(buffer.AsMemory(0, DatagramBytes), SocketFlags.None, cancellationToken).ConfigureAwait(false);
            if (DnsReplyCheck.IsAnswer(message.Span, question.End, buffer.AsSpan(0, received)))
            {
                return buffer.AsSpan(0, received).ToArray();
            }
        }
    }

    private static async Task<byte[]?> AskStreamAsync(
        Socket socket, IPEndPoint server, Question question, byte[] sent, byte[] buffer, CancellationToken cancellationToken)
    {
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> message = sent.AsMemory(0, LengthBytes + question.Message.Length);
        while (message.Length > 0)
        {
            message = message[await socket.SendAsync(message, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
        }

        int have = 0, need = LengthBytes;
        while (have < need)
        {
            int received = await socket.ReceiveAsync(buffer.AsMemory(have, need - have), SocketFlags.None, cancellationToken).ConfigureAwait(false);
            if (received == 0)
            {
                return null;
            }

            have += received;
            if (have == LengthBytes && need == LengthBytes)
            {
                need += BinaryPrimitives.ReadUInt16BigEndian(buffer);
            }
        }

        return DnsReplyCheck.IsAnswer(sent.AsSpan(LengthBytes, question.Message.Length), question.End, buffer.AsSpan(LengthBytes, need - LengthBytes))
            ? buffer.AsSpan(LengthBytes, need - LengthBytes).ToArray()
            : null;
    }
}
