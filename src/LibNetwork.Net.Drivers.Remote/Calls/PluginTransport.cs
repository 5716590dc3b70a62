using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LibNetwork.Drivers.Remote;

/// <summary>Connections to one address of a plugin.</summary>
internal sealed class PluginTransport : IDisposable
{
    private const int MaxHeaderKilobytes = 16;

    // One attach takes several calls, and a connection for each would double their cost. A plugin that goes at the very moment looks as if it had heard.
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private PluginTransport(PluginAddress address, HttpClient client)
    {
        Address = address;
        Client = client;
    }

    public PluginAddress Address { get; }

    public HttpClient Client { get; }

    /// <summary>Readies connections; none is made yet.</summary>
    /// <exception cref="CryptographicException">A certificate's file makes no sense.</exception>
    /// <exception cref="IOException">A certificate's file cannot be read.</exception>
    public static PluginTransport To(PluginAddress address)
    {
        SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            MaxResponseDrainSize = 0,   // what was left unread was too much
            PooledConnectionIdleTimeout = IdleTime,
        };
        if (address.SocketPath is { } path)
        {
            handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(path, cancellationToken);
        }
        else if (address.Tls is { } tls)
        {
            handler.SslOptions = Options(tls);
        }

        return new PluginTransport(address, new HttpClient(handler) { BaseAddress = address.BaseUri, Timeout = Timeout.InfiniteTimeSpan });
    }

    public void Dispose() => Client.Dispose();

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions Options(PluginTls tls)
    {
        SslClientAuthenticationOptions options = new();
        if (tls.ChecksCertificate)
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(tls.CAFile!);   // ChecksCertificate looked
            options.CertificateChainPolicy = policy;
        }
        else
        {
#pragma warning disable CA5359 // The plugin's file asks for it; the log says so.
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        if (!string.IsNullOrEmpty(tls.CertFile))
        {
            options.ClientCertificates = [X509Certificate2.CreateFromPemFile(tls.CertFile, string.IsNullOrEmpty(tls.KeyFile) ? null : tls.KeyFile)];
        }

        return options;
    }
}
