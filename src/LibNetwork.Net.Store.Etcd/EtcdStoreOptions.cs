using System.Net.Security;
using System.Net.Sockets;

namespace LibNetwork.Stores.Etcd;

/// <summary>Where etcd is, and what of it is ours.</summary>
public sealed record EtcdStoreOptions
{
    /// <summary>The members' client addresses, <c>http://</c> or <c>https://</c>; the first that answers is used until it fails.</summary>
    /// <value>The default is <c>http://127.0.0.1:2379</c>.</value>
    public IReadOnlyList<Uri> Endpoints { get; set; } = [new Uri("http://127.0.0.1:2379")];

    /// <summary>What our keys begin with; a slash follows. Whoever shares networks has the same.</summary>
    /// <value>The default is <c>libnetwork</c>.</value>
    public string Prefix { get; set; } = "libnetwork";

    /// <summary>Who we are, where etcd asks for it.</summary>
    /// <value>The default is <see langword="null"/>: nobody.</value>
    public string? UserName { get; set; }

    /// <summary>The user's password.</summary>
    public string? Password { get; set; }

    /// <summary>How <c>https://</c> endpoints are believed and what certificate we show.</summary>
    /// <value>The default is <see langword="null"/>: by the machine's certificate authorities, and none.</value>
    public SslClientAuthenticationOptions? Tls { get; set; }

    /// <summary>How long a request is tried, with all members in turn, before it fails.</summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Opens the TCP sockets to the members, for example inside the host's network namespace. The endpoints are then addresses, not names.</summary>
    /// <value>The default is <see langword="null"/>: in the process's own namespace.</value>
    public Func<AddressFamily, Socket>? OpenSocket { get; set; }
}
