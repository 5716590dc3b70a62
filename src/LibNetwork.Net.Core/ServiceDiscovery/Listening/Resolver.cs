using LibNetwork.ServiceDiscovery.Forwarding;
using LibNetwork.ServiceDiscovery.Names;

namespace LibNetwork.ServiceDiscovery.Listening;

/// <summary>One resolver: its sockets, what its clients may know, and whom it asks. Made by <see cref="ResolverService"/>.</summary>
internal sealed class Resolver(ulong number, SandboxId? sandboxId, string? containerId, ListenerSockets? sockets, int maxStreams) : IDisposable
{
    private Forwarder? _forwarder;
    private SandboxView _view = SandboxView.Nothing;
    private UpstreamServer[]? _servers;

    public ulong Number => number;

    /// <summary>Who asks here; <see langword="null"/> for the host.</summary>
    public SandboxId? SandboxId => sandboxId;

    public string? ContainerId => containerId;

    /// <summary>Where it is asked; only a resolver that is served has them.</summary>
    public ListenerSockets Sockets => sockets ?? throw new InvalidOperationException("Nobody can ask this resolver.");

    public StreamLimit Streams { get; } = new(maxStreams);

    /// <summary>What clients may know; set when the sandbox's networks change.</summary>
    public SandboxView View
    {
        get => Volatile.Read(ref _view);
        set => Volatile.Write(ref _view, value);
    }

    /// <summary>Who is asked for names of outside; <see langword="null"/> where those are the host's servers.</summary>
    public UpstreamServer[]? Servers
    {
        get => Volatile.Read(ref _servers);
        set => Volatile.Write(ref _servers, value);
    }

    public Forwarder Forwarder => _forwarder ?? throw new InvalidOperationException("The resolver has no forwarder yet.");

    /// <summary>Gives the resolver its forwarder, which needs the resolver's view; before its first question.</summary>
    public void Attach(Forwarder forwarder) => _forwarder = forwarder;

    public void Dispose()
    {
        sockets?.Dispose();
        Streams.Dispose();
        _forwarder?.Dispose();
    }
}
