using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using LibNetwork.ContainerFiles;
using LibNetwork.Firewall;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.ServiceDiscovery.Auditing;
using LibNetwork.ServiceDiscovery.Dns;
using LibNetwork.ServiceDiscovery.Egress;
using LibNetwork.ServiceDiscovery.Forwarding;
using Microsoft.Extensions.Logging;

namespace LibNetwork.ServiceDiscovery.Listening;

/// <summary>All resolvers of one host: starts and stops them, on a few threads that begin with the first.</summary>
internal sealed class ResolverService : IDisposable
{
    private readonly HostKernel _kernel;
    private readonly Lock _gate = new();
    private readonly HostServers _hostServers;
    private readonly ResolverMetrics _metrics;
    private ResolverThread[]? _threads;
    private ulong _lastNumber;
    private bool _disposed;

    public ResolverService(HostKernel kernel, string resolvConfPath, DnsResolverOptions options, IEgressFirewall? firewall, TimeProvider time, ILogger logger)
    {
        _kernel = kernel;
        Options = options;
        Time = time;
        Logger = logger;
        _hostServers = new HostServers(resolvConfPath, options, time, logger);
        _metrics = new ResolverMetrics();
        Admission = new NameAdmission(firewall, options, time, logger);
    }

    public DnsResolverOptions Options { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public AnswerFeed Answers { get; } = new();

    public NameAdmission Admission { get; }

    private uint TimeToLive => (uint)Math.Clamp(Options.TimeToLive.TotalSeconds, 0, int.MaxValue);

    public Responder NewResponder() => new(TimeToLive, ResolverThread.DatagramBytes);

    /// <summary>Starts the resolver of a sandbox.</summary>
    /// <exception cref="KernelException">The kernel refused; nothing is left behind.</exception>
    public async ValueTask<Resolver> StartAsync(
        SandboxId sandboxId, string containerId, NetworkNamespace inside, SandboxDns dns, CancellationToken cancellationToken)
    {
        if (_kernel.IsSubstitute)
        {
            return NewResolver(sandboxId, containerId, sockets: null);   // it knows the names, and nobody can ask it
        }

        ListenerSockets sockets = ListenerSockets.Open(inside, new IPEndPoint(ContainerResolvConf.ResolverAddress, 0));
        try
        {
            await _kernel.RunAsync(
                static (session, state) =>
                {
                    PortRedirection.Lay(session, state.inside, state.sockets.DatagramPort, state.sockets.StreamPort);
                    return true;
                },
                (inside, sockets),
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            sockets.Dispose();
            throw;
        }

        return Begin(sandboxId, containerId, inside, dns, sockets);
    }

    /// <summary>Starts the resolver of a sandbox in which an earlier process had one: at the same ports, so that the rules inside stay as they are.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public async ValueTask<Resolver> RestoreAsync(
        SandboxId sandboxId, string containerId, NetworkNamespace inside, SandboxDns dns, CancellationToken cancellationToken)
    {
        if (_kernel.IsSubstitute)
        {
            return NewResolver(sandboxId, containerId, sockets: null);
        }

        (ushort Udp, ushort Tcp)? before = await _kernel.RunAsync(
            static (session, inside) => PortRedirection.Find(session, inside), inside, cancellationToken).ConfigureAwait(false);
        ListenerSockets? sockets = before is { } ports
            ? ListenerSockets.TryOpen(inside, ContainerResolvConf.ResolverAddress, ports.Udp, ports.Tcp)
            : null;
        return sockets is null
            ? await StartAsync(sandboxId, containerId, inside, dns, cancellationToken).ConfigureAwait(false)
            : Begin(sandboxId, containerId, inside, dns, sockets);
    }

    /// <summary>Starts a resolver for the host itself.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address or port cannot be had.</exception>
    public Resolver StartForHost(IPEndPoint endPoint)
    {
        Resolver resolver = NewResolver(sandboxId: null, containerId: null, ListenerSockets.Open(_kernel.HostNamespace, endPoint));
        resolver.Attach(new Forwarder(
            Options, Time, Logger, _kernel.HostNamespace, _kernel.HostNamespace, () => resolver.View,
            () => [.. _hostServers.Current.Where(server => !server.EndPoint.Equals(endPoint))]));
        Serve(resolver);
        return resolver;
    }

    /// <summary>Says whom a resolver asks from its next question on.</summary>
    public void SetServers(Resolver resolver, SandboxDns dns)
    {
        UpstreamServer[] own = [.. dns.Servers
            .Where(server => server.IsReachedFromHost || !server.EndPoint.Address.Equals(ContainerResolvConf.ResolverAddress))   // it would ask itself
            .Select(server => new UpstreamServer(server, Options.HedgeAfter, Time))];
        resolver.Servers = own.Length == 0 ? null : own;
    }

    /// <summary>Stops a resolver: its sockets are closed, and what it was asking is answered no more.</summary>
    public void Stop(Resolver resolver)
    {
        foreach (ResolverThread thread in _threads ?? [])
        {
            thread.Remove(resolver);
        }

        resolver.Dispose();
    }

    /// <summary>Takes a stopped resolver's rules out of its sandbox, when the sandbox goes on living.</summary>
    public async ValueTask RemoveRedirectionAsync(NetworkNamespace inside)
        => await _kernel.RunAsync(
            static (session, inside) =>
            {
                PortRedirection.Remove(session, inside);
                return true;
            },
            inside,
            CancellationToken.None).ConfigureAwait(false);

    /// <summary>Turns what came from outside into the answer to one client.</summary>
    /// <returns>Its length.</returns>
    public static int Write(ForwardedAnswer answer, ReadOnlySpan<byte> message, Span<byte> reply)
    {
        if (answer.Reply is not { } found)
        {
            return Responder.Refuse(message, answer.Code, answer.MayAsk, ResolverThread.DatagramBytes, reply);
        }

        found.CopyTo(reply);
        message[..DnsWire.FlagsOffset].CopyTo(reply);   // the client's own id
        return found.Length;
    }

    public void CountLocal(int answers) => _metrics.CountLocal(answers);

    /// <summary>Tells listeners of an answer that was given without asking anybody.</summary>
    public void Watch(Resolver resolver, ReadOnlySpan<byte> message, ReadOnlySpan<byte> reply)
    {
        if (Answers.IsWatched)
        {
            Publish(resolver, message, reply, forwarded: null, asked: 0);
        }
    }

    /// <summary>Counts an answer and tells listeners of it.</summary>
    /// <param name="resolver">Who answered.</param>
    /// <param name="message">The question.</param>
    /// <param name="reply">The answer.</param>
    /// <param name="forwarded">What outside said; <see langword="null"/> when nobody was asked.</param>
    /// <param name="asked">When outside was asked.</param>
    public void Report(Resolver resolver, ReadOnlySpan<byte> message, ReadOnlySpan<byte> reply, ForwardedAnswer? forwarded, long asked)
    {
        if (forwarded is null)
        {
            _metrics.CountLocal(1);
        }
        else
        {
            _metrics.CountForwarded(forwarded.Code, Time.GetElapsedTime(asked));
        }

        if (Answers.IsWatched)
        {
            Publish(resolver, message, reply, forwarded, asked);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        foreach (ResolverThread thread in _threads ?? [])
        {
            thread.Dispose();
        }

        Answers.Dispose();
        _metrics.Dispose();
    }

    private Resolver Begin(SandboxId sandboxId, string containerId, NetworkNamespace inside, SandboxDns dns, ListenerSockets sockets)
    {
        Resolver resolver = NewResolver(sandboxId, containerId, sockets);
        SetServers(resolver, dns);
        resolver.Attach(new Forwarder(
            Options, Time, Logger, inside, _kernel.HostNamespace, () => resolver.View,
            () => resolver.Servers is { } own ? ImmutableCollectionsMarshal.AsImmutableArray(own) : _hostServers.Current));
        Serve(resolver);
        return resolver;
    }

    private Resolver NewResolver(SandboxId? sandboxId, string? containerId, ListenerSockets? sockets)
        => new(Interlocked.Increment(ref _lastNumber), sandboxId, containerId, sockets, Options.MaxStreams);

    private void Serve(Resolver resolver)
    {
        try
        {
            Threads().MinBy(static thread => thread.Count)!.Add(resolver);   // there is at least one
        }
        catch
        {
            resolver.Dispose();
            throw;
        }
    }

    private ResolverThread[] Threads()
    {
        const int Most = 4;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            int count = Options.Threads > 0 ? Options.Threads : Math.Clamp(Environment.ProcessorCount / 2, 1, Most);
            return _threads ??= [.. Enumerable.Range(0, count).Select(number => new ResolverThread(this, number))];
        }
    }

    private void Publish(Resolver resolver, ReadOnlySpan<byte> message, ReadOnlySpan<byte> reply, ForwardedAnswer? forwarded, long asked)
    {
        bool isRead = DnsQuery.Read(message, out DnsQuery query) is DnsQueryStatus.Valid or DnsQueryStatus.BadVersion;
        Answers.Publish(new DnsAnswer
        {
            Time = Time.GetUtcNow(),
            SandboxId = resolver.SandboxId,
            ContainerId = resolver.ContainerId,
            Name = isRead ? DnsNameReader.Print(query.Labels) : ".",
            Type = isRead ? query.Type : DnsRecordType.None,
            Code = DnsReplyCheck.CodeOf(reply),
            Addresses = isRead ? DnsReplyCheck.AddressesOf(reply, query.QuestionEnd) : [],
            Server = forwarded?.Server,
            Duration = forwarded is null ? TimeSpan.Zero : Time.GetElapsedTime(asked),
        });
    }
}
