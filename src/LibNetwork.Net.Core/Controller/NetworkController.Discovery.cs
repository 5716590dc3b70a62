using System.Net;
using System.Net.Sockets;
using LibNetwork.ServiceDiscovery.Listening;
using LibNetwork.ServiceDiscovery.Names;

namespace LibNetwork.Controller;

public sealed partial class NetworkController
{
    private Resolver? _hostResolver;

    private void StartHostResolver(IPEndPoint? endPoint)
    {
        if (endPoint is null)
        {
            return;
        }

        try
        {
            _hostResolver = Services.Resolvers.StartForHost(endPoint);
        }
        catch (SocketException exception)
        {
            throw new NetworkException(NetworkErrorKind.Conflict, "the host's resolver", $"cannot listen on {endPoint}: {exception.Message}", exception)
            {
                Remedy = $"set another {nameof(DnsResolverOptions)}.{nameof(DnsResolverOptions.HostListener)}",
            };
        }

        ShowToHost();
    }

    private void StopHostResolver()
    {
        if (_hostResolver is not null)
        {
            Services.Resolvers.Stop(_hostResolver);
        }
    }

    /// <summary>Lets the host's resolver know the networks that there are now.</summary>
    private void ShowToHost()
    {
        if (_hostResolver is not null)
        {
            _hostResolver.View = new SandboxView
            {
                Networks = [.. _networks.Values.OrderBy(network => network.Name, StringComparer.Ordinal).Select(network => new ViewNetwork(network.Names, ViewNetwork.NoLinks))],
                HasWayOut = true,
            };
        }
    }
}
