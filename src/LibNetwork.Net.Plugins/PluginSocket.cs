using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux;

namespace LibNetwork.Plugins;

/// <summary>A plugin's socket in the file system: open to its owner and group only, from its first moment.</summary>
internal static class PluginSocket
{
    private const UnixFileMode SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Binds a socket. What a process that died left there is replaced.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Conflict"/>: somebody listens there, or something else is there.</exception>
    public static Socket Bind(UnixDomainSocketEndPoint endPoint)
    {
        string path = endPoint.ToString();
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? "/", FolderMode);
        RemoveDead(path, endPoint);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
            File.SetUnixFileMode(path, SocketMode);   // nobody can connect before somebody listens, so there is no moment in between
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void RemoveDead(string path, UnixDomainSocketEndPoint endPoint)
    {
        if (FileOwnership.Of(path) is not { } there)
        {
            return;
        }

        if (!there.IsSocket)
        {
            throw NetworkException.Conflict($"plugin socket {path}", "is another kind of file", path, "remove it, or choose another path");
        }

        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException dead) when (dead.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }

        throw NetworkException.Conflict($"plugin socket {path}", "somebody listens there", "another process", "stop that process, or choose another path");
    }
}
