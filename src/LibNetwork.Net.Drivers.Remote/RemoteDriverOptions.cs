namespace LibNetwork.Drivers.Remote;

/// <summary>Where plugins are looked for, and how far they are trusted with time and memory.</summary>
public sealed record RemoteDriverOptions
{
    /// <summary>The folders of plugins' sockets: <c>NAME.sock</c> or <c>NAME/NAME.sock</c>.</summary>
    /// <value>The default is <c>/run/docker/plugins</c>.</value>
    public IReadOnlyList<string> SocketFolders { get; set; } = ["/run/docker/plugins"];

    /// <summary>
    /// The folders of files that say where a plugin is, <c>.spec</c> with an address such as <c>tcp://192.0.2.1:8080</c> or <c>.json</c> with more;
    /// looked into in order, after the sockets.
    /// </summary>
    /// <value>The default is <c>/etc/docker/plugins</c>, then <c>/usr/lib/docker/plugins</c>.</value>
    public IReadOnlyList<string> SpecFolders { get; set; } = ["/etc/docker/plugins", "/usr/lib/docker/plugins"];

    /// <summary>How long to wait for a plugin that is not there, or does not take connections: it may be about to start. Tries are 0.1 s apart, then twice that, and so on.</summary>
    /// <value>0 tries once; the default is 30 seconds. After one wait in vain there is no other for as long.</value>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a call may take, from the request to the last byte of the answer.</summary>
    /// <value>More than 0; the default is 30 seconds.</value>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an answer may be, in bytes.</summary>
    /// <value>1,024 to 64 MiB; the default is 1 MiB.</value>
    public int MaxAnswerBytes { get; set; } = 1 << 20;
}
