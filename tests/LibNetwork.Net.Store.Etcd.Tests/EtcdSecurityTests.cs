using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LibNetwork.TestSupport;

namespace LibNetwork.Stores.Etcd.Tests;

[Trait("Feature", "ST-01"), Trait("Category", "Kernel")]
public sealed class EtcdSecurityTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("libnetwork-etcd-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Only_a_user_that_etcd_knows_and_trusts_with_the_prefix_gets_in()
    {
        EtcdFixture.SkipUnlessInstalled();
        await using EtcdMembers members = await EtcdMembers.StartAsync();
        foreach (string command in (string[])
        [
            "user add root:secret", "user grant-role root root", "user add node:word", "role add nodes",
            "role grant-permission nodes --prefix=true readwrite net/", "user grant-role node nodes", "auth enable",
        ])
        {
            await members.ControlAsync(command);
        }

        await using EtcdNetworkStore nobody = Open(members, name: null, password: null), wrong = Open(members, "node", "guess"), right = Open(members, "node", "word");
        await using EtcdNetworkStore elsewhere = Open(members, "node", "word", prefix: "other");

        Assert.Equal(NetworkErrorKind.PermissionDenied, (await RefusedAsync(nobody)).Kind);
        NetworkException guessed = await RefusedAsync(wrong);
        Assert.Equal(NetworkErrorKind.PermissionDenied, guessed.Kind);
        Assert.DoesNotContain("guess", guessed.ToString(), StringComparison.Ordinal);
        Assert.Equal(NetworkErrorKind.PermissionDenied, (await RefusedAsync(elsewhere)).Kind);

        // The control, also behind a restart, which forgets who had signed in; and with leases and watches.
        await PutAsync(right);
        await members.KillAsync(0);
        await members.StartAsync(0);
        long revision = await PutAsync(right);
        await using IStoreLease lease = await right.LeaseAsync(TimeSpan.FromSeconds(2), Cancel);
        await foreach (StoreChange change in right.WatchAsync(string.Empty, revision - 1, Cancel))
        {
            Assert.Equal("key", change.Key);
            break;
        }

        await Task.Delay(TimeSpan.FromSeconds(4), Cancel);
        Assert.False(lease.Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task By_TLS_each_side_believes_only_whom_its_authority_vouches_for()
    {
        EtcdFixture.SkipUnlessInstalled();
        using X509Certificate2 authority = Authority("ours"), stranger = Authority("a stranger");
        using X509Certificate2 server = Issue(authority, "etcd"), client = Issue(authority, "node"), impostor = Issue(stranger, "node");
        await WriteAsync("ca.pem", authority.ExportCertificatePem());
        await WriteAsync("server.pem", server.ExportCertificatePem());
        await WriteAsync("server.key", server.GetECDsaPrivateKey()!.ExportECPrivateKeyPem());
        await using EtcdMembers members = await EtcdMembers.StartAsync(
            arguments: $"--cert-file {_folder}/server.pem --key-file {_folder}/server.key --client-cert-auth --trusted-ca-file {_folder}/ca.pem", scheme: "https");

        await using EtcdNetworkStore ours = Open(members, authority, client), unproven = Open(members, authority, own: null);
        await using EtcdNetworkStore foreign = Open(members, authority, impostor), doubting = Open(members, stranger, client);

        await PutAsync(ours);   // the control
        foreach (EtcdNetworkStore store in (EtcdNetworkStore[])[unproven, foreign, doubting])
        {
            Assert.Equal(NetworkErrorKind.Unavailable, (await RefusedAsync(store)).Kind);
        }
    }

    private static EtcdNetworkStore Open(EtcdMembers members, string? name, string? password, string prefix = "net") => EtcdFixture.Open(members, options =>
    {
        (options.UserName, options.Password, options.Prefix) = (name, password, prefix);
        options.RequestTimeout = TimeSpan.FromSeconds(10);
    });

    private static EtcdNetworkStore Open(EtcdMembers members, X509Certificate2 trusted, X509Certificate2? own) => EtcdFixture.Open(members, options =>
    {
        options.RequestTimeout = TimeSpan.FromMilliseconds(300);
        options.Tls = new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            ClientCertificates = own is null ? null : [own],
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { trusted }, RevocationMode = X509RevocationMode.NoCheck,
            },
        };
    });

    private static async Task<NetworkException> RefusedAsync(EtcdNetworkStore store) => await Assert.ThrowsAsync<NetworkException>(() => PutAsync(store));

    private static async Task<long> PutAsync(EtcdNetworkStore store)
        => await store.TryCommitAsync(new StoreTransaction { Puts = [("key", default)] }, Cancel) ?? 0;

    private static X509Certificate2 Authority(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 issued = request.Create(
            authority, DateTimeOffset.UtcNow.AddMinutes(-30), DateTimeOffset.UtcNow.AddMinutes(30), Guid.NewGuid().ToByteArray());
        return issued.CopyWithPrivateKey(key);
    }

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(_folder, file), text, Cancel);
}
