using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Cables;

/// <summary>Lays cables and takes them away; each step is one turn at the kernel.</summary>
internal static class CableLaying
{
    /// <summary>What a refusal is about when the bridge is not there any more.</summary>
    public const string FindBridge = "find bridge";

    /// <summary>Lays a cable under the first of an endpoint's names that the host has free.</summary>
    /// <param name="kernel">The host.</param>
    /// <param name="prefix">How interfaces of the driver begin.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="subject">The endpoint, for messages.</param>
    /// <param name="tryLay">Lays it under a name; <see langword="false"/> when the host has an interface of that name already.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The name.</returns>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Conflict"/>: all names are taken, or the sandbox has an interface of the name that is wanted there.</exception>
    public static async ValueTask<InterfaceName> LayAsync(
        HostKernel kernel, string prefix, EndpointId endpoint, string subject, Func<InterfaceName, ValueTask<bool>> tryLay, CancellationToken cancellationToken)
    {
        try
        {
            if (await TryNamesAsync().ConfigureAwait(false) is { } free)
            {
                return free;
            }
        }
        catch (NetworkException taken) when (taken.Kind == NetworkErrorKind.Conflict)
        {
            // Perhaps by the far end of a former cable.
        }

        // This endpoint's own former cables may still wait for the reaper.
        await kernel.Reaper.DrainAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return await TryNamesAsync().ConfigureAwait(false) ?? throw NetworkException.Conflict(
            subject, "all names for its end on the host are taken", $"interface \"{HostInterfaceNames.Of(prefix, endpoint, choice: 0)}\"");

        async ValueTask<InterfaceName?> TryNamesAsync()
        {
            for (int choice = 0; choice < HostInterfaceNames.Choices; choice++)
            {
                InterfaceName name = HostInterfaceNames.Of(prefix, endpoint, choice);
                if (await tryLay(name).ConfigureAwait(false))
                {
                    return name;
                }
            }

            return null;
        }
    }

    /// <summary>Lays a cable, or nothing.</summary>
    /// <returns><see langword="false"/> when the host has an interface of that name already.</returns>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Conflict"/>: the sandbox has one of the name that is wanted there.</exception>
    /// <exception cref="KernelException">The kernel refuses; the operation is <see cref="FindBridge"/> when the bridge is gone.</exception>
    public static bool TryLay(KernelSession session, Cable cable, DriverJoinRequest request)
    {
        if (TryCreate(session, cable, request))
        {
            return true;
        }

        if (session.Route.FindLink(cable.Port.Value) is not null)
        {
            return false;
        }

        // Either the name is taken in the sandbox, or the reaper took the host's interface away since: trying again tells.
        return TryCreate(session, cable, request)
            ? true
            : throw NetworkException.Conflict(
                cable.Subject, $"\"{request.InterfaceName}\" is taken in sandbox \"{request.SandboxId}\"", $"interface \"{request.InterfaceName}\"");
    }

    /// <summary>Cuts a cable at once and has it deleted later; one that is gone is not an error.</summary>
    public static bool Cut(KernelSession session, string port)
    {
        session.Route.Batch.ChangeLink(port, new LinkChange { Up = false, Group = LinkReaper.CondemnedGroup });
        session.Route.ExecuteUnlessGone();   // the cable goes with either end's namespace
        session.Reaper.Notify();
        return true;
    }

    /// <summary>The host's end of a cable that an earlier process laid.</summary>
    public static InterfaceName? Find(KernelSession session, string prefix, EndpointId endpoint, int bridge)
    {
        for (int choice = 0; choice < HostInterfaceNames.Choices; choice++)
        {
            InterfaceName name = HostInterfaceNames.Of(prefix, endpoint, choice);
            if (session.Route.FindLink(name.Value) is { Kind: "veth", Group: not LinkReaper.CondemnedGroup } link && link.Master == bridge)
            {
                return name;
            }
        }

        return null;
    }

    private static bool TryCreate(KernelSession session, Cable cable, DriverJoinRequest request)
    {
        string port = cable.Port.Value;
        session.Route.Batch.CreateVeth(new VethLinkSpec
        {
            Name = port,
            Group = LinkReaper.UnfinishedGroup,
            Mtu = cable.Mtu,
            Master = cable.BridgeIndex,
            PeerName = request.InterfaceName.Value,
            PeerAddress = cable.MacAddress.ToPhysicalAddress(),
            PeerNamespaceDescriptor = request.NamespaceDescriptor,
            PeerMtu = cable.Mtu,
        });
        try
        {
            session.Route.Execute();
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.EEXIST)
        {
            return false;
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.EINVAL)
        {
            // That is also what the kernel says about a bridge that is gone.
            if (session.Route.FindLink(cable.BridgeIndex) is null)
            {
                throw new KernelException(FindBridge, string.Empty, LinuxErrno.ENODEV);
            }

            throw;
        }

        try
        {
            HostParameters.TurnIPv6Off(session, port);
            session.Route.Batch.ChangeLink(port, new LinkChange
            {
                Alias = cable.Mark,
                Group = 0,
                Up = true,
                BridgePort = cable.Hairpin ? new BridgePortChange { Hairpin = true } : null,
            });
            foreach (IPAddress address in cable.KnownToHost)
            {
                session.Route.Batch.RemoveNeighbour(cable.BridgeIndex, address);
            }

            session.Route.Execute();
            return true;
        }
        catch
        {
            session.Route.Batch.DeleteLink(port);
            session.Route.ExecuteUnlessGone();
            throw;
        }
    }
}
