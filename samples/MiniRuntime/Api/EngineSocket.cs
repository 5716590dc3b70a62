using System.Net;
using System.Net.Sockets;

namespace MiniRuntime.Api;

/// <summary>The unix socket that the engine listens on.</summary>
internal static class EngineSocket
{
    private const UnixFileMode OwnerAndGroup =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>Removes the socket's file that an engine which was killed left.</summary>
    /// <exception cref="IOException">Somebody listens on it, or it is no socket.</exception>
    public static void RemoveStale(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            if (new FileInfo(path).Length > 0)   // a file of another type also refuses connections
            {
                throw new IOException($"{path} is there already and no socket.", refused);
            }

            File.Delete(path);
            return;
        }
        catch (SocketException exception)
        {
            throw new IOException($"{path} cannot be used: {exception.Message}.", exception);
        }

        throw new IOException($"Somebody listens on {path} already.");
    }

    /// <summary>Binds the socket; nobody can connect before it listens, and by then it is owner's and group's only.</summary>
    public static Socket Bind(EndPoint endPoint)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
            File.SetUnixFileMode(endPoint.ToString()!, OwnerAndGroup);   // a unix endpoint's text is its path
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
