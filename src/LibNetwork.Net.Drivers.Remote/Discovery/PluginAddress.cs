namespace LibNetwork.Drivers.Remote;

/// <summary>Where a plugin is, and how it is spoken to. Equal for two looks that found the same.</summary>
internal sealed record PluginAddress
{
    /// <summary>The path of its socket; <see langword="null"/> when it is reached by TCP.</summary>
    public string? SocketPath { get; init; }

    /// <summary>Where requests go: by TCP, or a placeholder when there is a socket.</summary>
    public required Uri BaseUri { get; init; }

    /// <summary>How TLS is spoken; <see langword="null"/> as browsers do it, when the address says so.</summary>
    public PluginTls? Tls { get; init; }

    public override string ToString() => SocketPath ?? BaseUri.GetLeftPart(UriPartial.Authority);

    /// <summary>A socket's address.</summary>
    public static PluginAddress OfSocket(string path) => new() { SocketPath = path, BaseUri = new Uri("http://localhost") };

    /// <summary>Reads an address such as <c>unix:///run/my.sock</c>, <c>tcp://192.0.2.1:8080</c> or <c>https://plugins.example:443</c>.</summary>
    /// <returns><see langword="null"/> when it is none.</returns>
    public static PluginAddress? TryParse(string text, PluginTls? tls)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.UserInfo.Length > 0)
        {
            return null;
        }

        if (uri.Scheme == "unix")
        {
            return uri.Host.Length == 0 && uri.AbsolutePath.Length > 1 ? OfSocket(Uri.UnescapeDataString(uri.AbsolutePath)) : null;
        }

        bool isSecure = uri.Scheme == Uri.UriSchemeHttps || tls is not null;
        int port = uri.Port >= 0 ? uri.Port : -1;
        return uri.Scheme is "tcp" or "http" or "https" && uri.Host.Length > 0 && (uri.Scheme != "tcp" || port > 0)
            ? new PluginAddress
            {
                BaseUri = new UriBuilder(isSecure ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, uri.Host, uri.Scheme == "http" && isSecure && uri.IsDefaultPort ? -1 : port).Uri,
                Tls = tls,
            }
            : null;
    }
}
