using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MiniRuntime.Api.Streams;

/// <summary>Lets a client say that it will write no more, and still read.</summary>
/// <remarks>
/// Kestrel takes the end of what a client sends for the end of the connection. For an HTTP request that is so; but the end of a
/// program's input, which docker's client passes on in this way, is not the end of its output.
/// </remarks>
internal sealed class HalfClose
{
    private readonly CancellationTokenSource _closed = new();

    private HalfClose(ConnectionContext connection)
    {
        CancellationToken inputEnded = connection.ConnectionClosed;
        connection.ConnectionClosed = _closed.Token;
        inputEnded.Register(() =>
        {
            if (!IsAllowed)
            {
                _closed.Cancel();
            }
        });
    }

    /// <summary>Whether the connection goes on when the client writes no more.</summary>
    public bool IsAllowed { get; set; }

    public static void Use(ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Features.Set(new HalfClose(connection));
        return next(connection);
    });

    /// <summary>The one of a request's connection.</summary>
    public static HalfClose? Of(IFeatureCollection request) => request.Get<HalfClose>();
}
