using System.Net;
using System.Net.Sockets;
using Etcdserverpb;
using Grpc.Net.Client;

namespace LibNetwork.Stores.Etcd;

/// <summary>One member of the cluster, and the connection to it.</summary>
internal sealed class EtcdMember : IDisposable
{
    // A member that says nothing is left after two of them; a partition is noticed within some 4 seconds.
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(2);

    private readonly GrpcChannel _channel;

    public EtcdMember(Uri endpoint, EtcdStoreOptions options)
    {
        Endpoint = endpoint;
        SocketsHttpHandler handler = new()
        {
            ConnectTimeout = Ping,
            EnableMultipleHttp2Connections = true,   // each watch is a stream of its own
            KeepAlivePingDelay = Ping,
            KeepAlivePingTimeout = Ping,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            UseProxy = false,
        };
        if (options.Tls is { } tls)
        {
            handler.SslOptions = tls;
        }

        if (options.OpenSocket is { } open)
        {
            IPEndPoint target = new(IPAddress.Parse(endpoint.DnsSafeHost), endpoint.Port);
            handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(open, target, cancellationToken);
        }

        _channel = GrpcChannel.ForAddress(endpoint, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = null,   // a revision is told in one message
            MaxSendMessageSize = null,
            MaxRetryAttempts = null,
        });
        Keys = new KV.KVClient(_channel);
        Watches = new Watch.WatchClient(_channel);
        Leases = new Lease.LeaseClient(_channel);
        Users = new Auth.AuthClient(_channel);
    }

    public Uri Endpoint { get; }

    public KV.KVClient Keys { get; }

    public Watch.WatchClient Watches { get; }

    public Lease.LeaseClient Leases { get; }

    public Auth.AuthClient Users { get; }

    public void Dispose() => _channel.Dispose();

    private static async ValueTask<Stream> ConnectAsync(Func<AddressFamily, Socket> open, IPEndPoint target, CancellationToken cancellationToken)
    {
        Socket socket = open(target.AddressFamily);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
