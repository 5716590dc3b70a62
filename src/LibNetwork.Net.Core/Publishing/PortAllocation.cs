using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Sockets;

namespace LibNetwork.Publishing;

/// <summary>Finds ports of the host for demands that are to get the same ones, and holds them.</summary>
internal sealed class PortAllocation(HostKernel kernel, PortLedger ledger, bool holds, string subject)
{
    /// <summary>How many ports in a row are held by sockets; more are only kept from other endpoints.</summary>
    public const int MostHeld = 1024;

    private const int HeldPerTurn = 64;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(2), LastPause = TimeSpan.FromMilliseconds(32);
    private const int ErrnoProtocolNotSupported = 93;   // EPROTONOSUPPORT

    /// <summary>Takes ports for demands that differ only in their addresses. Each step says how it is taken back.</summary>
    /// <param name="networkId">The endpoint's network.</param>
    /// <param name="demands">The demands; all of them have an address of the host.</param>
    /// <param name="fixedPorts">The ports that another address of the same binding has already.</param>
    /// <param name="preferred">The ports that the endpoint had before.</param>
    /// <param name="undo">Takes back what was taken.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public async ValueTask<IReadOnlyList<PublishedDemand>> TakeAsync(
        NetworkId networkId, IReadOnlyList<PortDemand> demands, PortRange? fixedPorts, IEnumerable<PortRange> preferred, UndoStack undo,
        CancellationToken cancellationToken)
    {
        PortDemand first = demands[0];
        if (fixedPorts is null && first.HostPorts is { } wanted && wanted.Count == first.ContainerPorts.Count)
        {
            fixedPorts = wanted;
        }

        if (fixedPorts is { } exact)
        {
            (IReadOnlyList<PublishedDemand>? taken, NetworkException? refusal) =
                await TryTakePatientlyAsync(networkId, demands, exact, undo, cancellationToken).ConfigureAwait(false);
            return taken ?? throw refusal!;   // one of the two is there
        }

        LocalPorts? local = first.HostPorts is null ? await kernel.RunAsync(static (session, _) => LocalPorts.Read(session), 0, cancellationToken).ConfigureAwait(false) : null;
        PortRange range = first.HostPorts ?? local!.Range;   // read just now
        foreach (PortRange before in preferred.Where(before => before.Count == 1 && range.Contains(before.First)))
        {
            if (await TryTakePatientlyAsync(networkId, demands, before, undo, cancellationToken).ConfigureAwait(false) is ({ } again, _))
            {
                ledger.Picked(first.Protocol, range, before.First);
                return again;
            }
        }

        NetworkException? last = null;
        foreach (ushort candidate in ledger.InTurn(first.Protocol, range).Where(port => local is null || local.Offers(port)))
        {
            (IReadOnlyList<PublishedDemand>? taken, last) = await TryTakeAsync(networkId, demands, new PortRange(candidate), undo, cancellationToken).ConfigureAwait(false);
            if (taken is not null)
            {
                ledger.Picked(first.Protocol, range, candidate);
                return taken;
            }
        }

        throw new NetworkException(NetworkErrorKind.Exhausted, subject, $"all ports of {range}/{NameOf(first.Protocol)} are taken", last)
        {
            Reason = NetworkErrorReason.PortsExhausted,
            Holder = last?.Holder,
            Remedy = "widen the range, or free one of them",
        };
    }

    /// <summary>Takes ports that others replace badly; a socket in the way may be one that was closed just now.</summary>
    /// <remarks>
    /// A process that is being started holds all sockets of the one that starts it until it runs its own program, also those that are
    /// closed meanwhile.
    /// </remarks>
    private async ValueTask<(IReadOnlyList<PublishedDemand>? Taken, NetworkException? Refusal)> TryTakePatientlyAsync(
        NetworkId networkId, IReadOnlyList<PortDemand> demands, PortRange ports, UndoStack undo, CancellationToken cancellationToken)
    {
        for (TimeSpan pause = FirstPause; ; pause *= 2)
        {
            (IReadOnlyList<PublishedDemand>? taken, NetworkException? refusal) = await TryTakeAsync(networkId, demands, ports, undo, cancellationToken).ConfigureAwait(false);
            if (taken is not null || pause > LastPause || refusal?.InnerException is not KernelException)   // no socket, but an endpoint of ours
            {
                return (taken, refusal);
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>The ports, or why they cannot be had although another choice may do.</returns>
    private async ValueTask<(IReadOnlyList<PublishedDemand>? Taken, NetworkException? Refusal)> TryTakeAsync(
        NetworkId networkId, IReadOnlyList<PortDemand> demands, PortRange ports, UndoStack undo, CancellationToken cancellationToken)
    {
        PortDemand first = demands[0];
        IPAddress[] addresses = [.. demands.Select(demand => demand.HostAddress!)];   // the caller's promise
        if (ledger.TryTake(first.Protocol, ports, addresses, subject) is { } other)
        {
            return (null, Conflict(first.Protocol, new IPEndPoint(other.Address, ports.First), ports, "is already allocated", other.Subject));
        }

        UndoStack attempt = new();
        foreach (IPAddress address in addresses)
        {
            attempt.Push(() => ledger.Release(first.Protocol, ports, address));
        }

        try
        {
            List<PublishedDemand> taken = [];
            foreach (PortDemand demand in demands)
            {
                PublishedDemand published = new(networkId, demand, ports);
                attempt.Push(published.DisposeAsync);
                taken.Add(published);
                await HoldAsync(published, ports, cancellationToken).ConfigureAwait(false);
            }

            undo.Push(async () => await attempt.RollBackAsync().ConfigureAwait(false));
            return (taken, null);
        }
        catch (Exception exception)
        {
            await attempt.RollBackAsync().ConfigureAwait(false);
            if (exception is KernelException { Errno: LinuxErrno.EADDRINUSE } refused)
            {
                return (null, await InUseAsync(first.Protocol, ports, addresses, refused, cancellationToken).ConfigureAwait(false));
            }

            if (exception is KernelException failed && Translate(first.Protocol, failed) is { } translated)
            {
                throw translated;
            }

            throw;
        }
    }

    private async ValueTask HoldAsync(PublishedDemand published, PortRange ports, CancellationToken cancellationToken)
    {
        if (!holds)
        {
            if (published.IsRelayed)
            {
                throw new NetworkException(NetworkErrorKind.NotSupported, subject, $"host address {published.Demand.HostAddress} needs a relay in this process")
                {
                    Remedy = $"publish on an address of the network's own family, or set {nameof(LibNetworkOptions)}.{nameof(LibNetworkOptions.HoldPorts)}",
                };
            }

            return;
        }

        if (ports.Count > MostHeld)
        {
            await RefuseIfBoundAsync(published, ports, cancellationToken).ConfigureAwait(false);
            return;
        }

        for (int from = ports.First; from <= ports.Last; from += HeldPerTurn)
        {
            int to = Math.Min(from + HeldPerTurn - 1, ports.Last);
            await kernel.RunAsync(
                static (session, state) =>
                {
                    for (int port = state.from; port <= state.to; port++)
                    {
                        IPEndPoint address = new(state.published.Demand.HostAddress!, port);   // it is not only opened
                        state.published.Held.Add(
                            session.HoldPort((byte)state.published.Demand.Protocol, address, hearsNothing: !state.published.IsHeard));
                    }

                    return true;
                },
                (published, from, to),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask RefuseIfBoundAsync(PublishedDemand published, PortRange ports, CancellationToken cancellationToken)
    {
        IPAddress address = published.Demand.HostAddress!;   // it is not only opened
        BoundSocket? other = await FindAsync(published.Demand.Protocol, ports, [address], cancellationToken).ConfigureAwait(false);
        if (other is not null)
        {
            throw new KernelException("hold port", other.Address.ToString(), LinuxErrno.EADDRINUSE);
        }
    }

    private async ValueTask<NetworkException> InUseAsync(
        TransportProtocol protocol, PortRange ports, IPAddress[] addresses, KernelException refused, CancellationToken cancellationToken)
    {
        BoundSocket? other = await FindAsync(protocol, ports, addresses, cancellationToken).ConfigureAwait(false);
        string? holder = other is null ? null : SocketOwners.Find(other.Inode);
        IPEndPoint where = other?.Address ?? new IPEndPoint(addresses[0], ports.First);
        return Conflict(protocol, where, ports, "is in use", holder ?? "a socket of another process", refused);
    }

    private async ValueTask<BoundSocket?> FindAsync(
        TransportProtocol protocol, PortRange ports, IPAddress[] addresses, CancellationToken cancellationToken)
    {
        IReadOnlyList<BoundSocket> sockets = await kernel.RunAsync(
            static (session, number) => session.ListSockets(number), (byte)protocol, cancellationToken).ConfigureAwait(false);
        return sockets.FirstOrDefault(socket => ports.Contains(socket.Address.Port) && Array.Exists(addresses, address => Meet(socket.Address.Address, address)));
    }

    /// <summary>Whether a socket may be in the way: one on the IPv6 wildcard may have IPv4 too.</summary>
    private static bool Meet(IPAddress bound, IPAddress wanted)
        => bound.Equals(wanted)
            || bound.Equals(IPAddress.IPv6Any)
            || (bound.AddressFamily == wanted.AddressFamily && (bound.Equals(IPAddress.Any) || wanted.Equals(IPAddress.Any) || wanted.Equals(IPAddress.IPv6Any)));

    private NetworkException Conflict(
        TransportProtocol protocol, IPEndPoint where, PortRange ports, string problem, string holder, Exception? cause = null)
    {
        string text = ports.Count == 1 ? where.ToString() : $"{new IPEndPoint(where.Address, 0).ToString()[..^1]}{ports}";
        return new NetworkException(NetworkErrorKind.Conflict, subject, $"host port {text}/{NameOf(protocol)} {problem} by {holder}", cause)
        {
            Reason = NetworkErrorReason.PortInUse,
            Holder = holder,
            Remedy = "publish on another port or address, or free this one",
        };
    }

    private NetworkException? Translate(TransportProtocol protocol, KernelException refused) => refused.Errno switch
    {
        LinuxErrno.EADDRNOTAVAIL => new NetworkException(
            NetworkErrorKind.InvalidArgument, subject, $"{nameof(PortBinding.HostAddress)} is not an address of the host ({refused.Message})", refused)
        {
            Field = nameof(PortBinding.HostAddress),
        },
        ErrnoProtocolNotSupported or LinuxErrno.EAFNOSUPPORT => new NetworkException(
            NetworkErrorKind.NotSupported, subject, $"the host has no {NameOf(protocol)} for that address ({refused.Message})", refused)
        {
            Remedy = $"load the kernel module {NameOf(protocol)}",
        },
        LinuxErrno.EMFILE or LinuxErrno.ENFILE => new NetworkException(
            NetworkErrorKind.Exhausted, subject, $"the process has no file descriptor left to hold a port with ({refused.Message})", refused)
        {
            Remedy = "raise the limit of open files (RLIMIT_NOFILE)",
        },
        _ => null,
    };

    private static string NameOf(TransportProtocol protocol) => protocol.ToString().ToLowerInvariant();
}
