using System.Net;
using System.Net.Sockets;

namespace LibNetwork.TestSupport;

/// <summary>Echo requests (RFC 792, RFC 4443).</summary>
public static class Ping
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    /// <summary>Sends one and says whether the answer came.</summary>
    /// <param name="open">Opens the asker's socket.</param>
    /// <param name="address">Whom to ask.</param>
    /// <param name="expected">Whether an answer is expected, and so worth waiting for.</param>
    public static async Task<bool> SendAsync(Func<AddressFamily, SocketType, ProtocolType, Socket> open, string address, bool expected = true)
    {
        const byte EchoV4 = 8, EchoV6 = 128, ReplyV4 = 0, ReplyV6 = 129;
        IPAddress target = IPAddress.Parse(address);
        bool isIPv4 = target.AddressFamily == AddressFamily.InterNetwork;
        using Socket socket = open(target.AddressFamily, SocketType.Raw, isIPv4 ? ProtocolType.Icmp : ProtocolType.IcmpV6);
        byte[] request = [isIPv4 ? EchoV4 : EchoV6, 0, 0, 0, 0x12, 0x34, 0, 1];
        if (isIPv4)
        {
            uint sum = ((uint)EchoV4 << 8) + 0x1234 + 1;   // for IPv6 the kernel fills it in
            request[2] = (byte)(~sum >> 8);
            request[3] = (byte)~sum;
        }

        using CancellationTokenSource limit = new(expected ? Waiting.Patience : Silence);
        byte[] answer = new byte[256];
        try
        {
            await socket.ConnectAsync(new IPEndPoint(target, 0), limit.Token);
            await socket.SendAsync(request, limit.Token);
            while (true)
            {
                await socket.ReceiveAsync(answer.AsMemory(), limit.Token);
                int header = isIPv4 ? (answer[0] & 0xf) * 4 : 0;
                if (answer[header] == (isIPv4 ? ReplyV4 : ReplyV6))
                {
                    return true;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            return false;
        }
    }
}
