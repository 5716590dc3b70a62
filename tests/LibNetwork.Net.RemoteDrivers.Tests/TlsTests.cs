using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LibNetwork.Drivers.Remote;

namespace LibNetwork.RemoteDrivers.Tests;

/// <summary>Plugins on other machines, with certificates.</summary>
[Trait("Feature", "RM-02")]
public sealed class TlsTests : IAsyncDisposable
{
    private readonly PluginFolder _folder = new();
    private readonly X509Certificate2 _authority = Authority();
    private readonly X509Certificate2 _server;

    public TlsTests() => _server = Issue("127.0.0.1");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_certificate_of_the_authority_in_the_file_is_trusted()
    {
        await using FakePlugin plugin = FakePlugin.OverTcp(SecureAsync);
        await WriteAsync($"https://127.0.0.1:{plugin.Port}", $$"""{"CAFile":"{{Pem("ca", _authority.ExportCertificatePem())}}"}""");

        Assert.Equal("fake", (await _folder.NetworkDriverAsync()).Name);
    }

    [Fact]
    public async Task A_file_with_certificates_means_tls_whatever_the_address_says()
    {
        await using FakePlugin plugin = FakePlugin.OverTcp(SecureAsync);
        await WriteAsync($"tcp://127.0.0.1:{plugin.Port}", $$"""{"CAFile":"{{Pem("ca", _authority.ExportCertificatePem())}}"}""");

        Assert.Equal("fake", (await _folder.NetworkDriverAsync()).Name);
    }

    [Fact]
    public async Task A_certificate_of_somebody_else_is_refused()
    {
        using X509Certificate2 other = Authority();
        await using FakePlugin plugin = FakePlugin.OverTcp(SecureAsync);
        await WriteAsync($"https://127.0.0.1:{plugin.Port}", $$"""{"CAFile":"{{Pem("ca", other.ExportCertificatePem())}}"}""");

        PluginException refused = await Assert.ThrowsAsync<PluginException>(() => _folder.NetworkDriverAsync(static options => options.Patience = TimeSpan.FromMinutes(10)));

        Assert.Equal(NetworkErrorKind.Forbidden, refused.Kind);
        Assert.Contains("CAFile", refused.Message, StringComparison.Ordinal);
        Assert.Empty(plugin.Requests);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused()
    {
        using X509Certificate2 other = Issue("192.0.2.1");
        await using FakePlugin plugin = FakePlugin.OverTcp(stream => SecureAsync(stream, other, wantsClient: false));
        await WriteAsync($"https://127.0.0.1:{plugin.Port}", $$"""{"CAFile":"{{Pem("ca", _authority.ExportCertificatePem())}}"}""");

        Assert.Equal(NetworkErrorKind.Forbidden, (await Assert.ThrowsAsync<PluginException>(() => _folder.NetworkDriverAsync())).Kind);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"InsecureSkipVerify":true}""")]
    public async Task A_file_without_an_authority_trusts_everybody(string tls)
    {
        await using FakePlugin plugin = FakePlugin.OverTcp(SecureAsync);
        await WriteAsync($"https://127.0.0.1:{plugin.Port}", tls);

        Assert.Equal("fake", (await _folder.NetworkDriverAsync()).Name);
    }

    [Fact]
    public async Task An_address_without_a_file_is_trusted_as_the_machine_trusts()
    {
        await using FakePlugin plugin = FakePlugin.OverTcp(SecureAsync);
        await File.WriteAllTextAsync(Path.Combine(_folder.Specs, "fake.spec"), $"https://127.0.0.1:{plugin.Port}", Cancel);

        Assert.Equal(NetworkErrorKind.Forbidden, (await Assert.ThrowsAsync<PluginException>(() => _folder.NetworkDriverAsync())).Kind);
    }

    [Fact]
    public async Task We_show_our_own_certificate()
    {
        using X509Certificate2 client = Issue("192.0.2.9");
        await using FakePlugin plugin = FakePlugin.OverTcp(stream => SecureAsync(stream, _server, wantsClient: true));
        string authority = Pem("ca", _authority.ExportCertificatePem());
        using RSA key = client.GetRSAPrivateKey() ?? throw new InvalidOperationException("no key");
        await WriteAsync($"https://127.0.0.1:{plugin.Port}", $$"""{"CAFile":"{{authority}}"}""");
        await Assert.ThrowsAsync<PluginException>(() => _folder.NetworkDriverAsync());

        await WriteAsync(
            $"https://127.0.0.1:{plugin.Port}",
            $$"""{"CAFile":"{{authority}}","CertFile":"{{Pem("cert", client.ExportCertificatePem())}}","KeyFile":"{{Pem("key", key.ExportPkcs8PrivateKeyPem())}}"}""");

        Assert.Equal("fake", (await _folder.NetworkDriverAsync()).Name);
    }

    public async ValueTask DisposeAsync()
    {
        _authority.Dispose();
        _server.Dispose();
        await _folder.DisposeAsync();
    }

    private static X509Certificate2 Authority()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=Plugins of a test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(2));
    }

    private X509Certificate2 Issue(string address)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=" + address, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(_authority, TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddDays(1), [1, 2, 3, 4]);
        return certificate.CopyWithPrivateKey(key);
    }

    private Task<Stream> SecureAsync(Stream stream) => SecureAsync(stream, _server, wantsClient: false);

    private async Task<Stream> SecureAsync(Stream stream, X509Certificate2 certificate, bool wantsClient)
    {
        SslStream secure = new(stream);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ClientCertificateRequired = wantsClient,
            RemoteCertificateValidationCallback = (_, shown, _, _) => !wantsClient || shown?.Issuer == _authority.Subject,
        });
        return secure;
    }

    private string Pem(string name, string content)
    {
        string path = Path.Combine(_folder.Specs, name + ".pem");
        File.WriteAllText(path, content);
        return path;
    }

    private Task WriteAsync(string address, string tls)
        => File.WriteAllTextAsync(Path.Combine(_folder.Specs, "fake.json"), $$"""{"Name":"fake","Addr":"{{address}}","TLSConfig":{{tls}}}""", Cancel);
}
