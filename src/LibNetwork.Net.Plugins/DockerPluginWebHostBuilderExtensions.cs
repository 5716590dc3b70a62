using System.Net.Sockets;
using LibNetwork.Plugins;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Listens where Docker looks for plugins.</summary>
public static class DockerPluginWebHostBuilderExtensions
{
    /// <summary>
    /// Listens at a socket that only its owner and group can reach (mode 0660), for example <c>/run/docker/plugins/NAME.sock</c>, by whose name Docker
    /// knows the plugin. A socket that a process left when it died is replaced.
    /// </summary>
    /// <param name="builder">The web host.</param>
    /// <param name="path">The path, from the root, 107 bytes at most.</param>
    /// <remarks>Starting fails with a <see cref="LibNetwork.NetworkException"/> of kind <see cref="LibNetwork.NetworkErrorKind.Conflict"/> when somebody listens there.</remarks>
    public static IWebHostBuilder ListenOnDockerPluginSocket(this IWebHostBuilder builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return builder
            .UseSockets(static options => options.CreateBoundListenSocket = static endPoint
                => endPoint is UnixDomainSocketEndPoint socket ? PluginSocket.Bind(socket) : SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint))
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.ListenUnixSocket(path, static listen => listen.Protocols = HttpProtocols.Http1);
            });
    }
}
