using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MiniRuntime.Api.Streams;

/// <summary>The connection below a request, which docker's client takes over for a program's input and output.</summary>
/// <remarks>
/// It does two things that Kestrel's own upgrade does not have. It upgrades with a request that has a body. And it says that the input
/// has ended by writing no more, while it still reads; Kestrel takes that for the end of the connection.
/// </remarks>
internal sealed class RawConnection
{
    private readonly CancellationTokenSource _closed = new();
    private readonly ConnectionContext _connection;
    private volatile bool _isTaken;

    private RawConnection(ConnectionContext connection)
    {
        _connection = connection;
        CancellationToken inputEnded = connection.ConnectionClosed;
        connection.ConnectionClosed = _closed.Token;
        inputEnded.Register(() =>
        {
            if (!_isTaken)
            {
                _closed.Cancel();
            }
        });
    }

    /// <summary>What the client writes after its request.</summary>
    public Stream Input => _connection.Transport.Input.AsStream(leaveOpen: true);

    public static void Use(ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Features.Set(new RawConnection(connection));
        return next(connection);
    });

    /// <summary>Takes over the connection of a request whose body has been read, if the client asks for that.</summary>
    public static RawConnection? TryTake(HttpContext context)
    {
        if (!context.Request.Headers.Connection.ToString().Contains("Upgrade", StringComparison.OrdinalIgnoreCase)
            || context.Features.Get<RawConnection>() is not { } raw)
        {
            return null;
        }

        raw._isTaken = true;
        context.Response.StatusCode = StatusCodes.Status101SwitchingProtocols;   // with it Kestrel sends the body as it is
        context.Response.Headers.Connection = "Upgrade";
        context.Response.Headers.Upgrade = "tcp";
        return raw;
    }

    /// <summary>Whether there is still somebody, also after the end of what he writes. Only sending shows it; sending nothing is enough.</summary>
    public bool IsOpen()
    {
        try
        {
            _connection.Features.Get<IConnectionSocketFeature>()?.Socket.Send(ReadOnlySpan<byte>.Empty, SocketFlags.None);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
