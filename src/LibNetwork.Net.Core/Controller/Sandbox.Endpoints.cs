using System.Collections.ObjectModel;
using System.Globalization;
using LibNetwork.Drivers;
using LibNetwork.Sandboxes;
using LibNetwork.Stores;

namespace LibNetwork.Controller;

internal sealed partial class Sandbox
{
    /// <summary>Lets an endpoint in. The caller holds the endpoint's turn and rolls back with <paramref name="undo"/>.</summary>
    public async Task<bool> JoinAsync(Endpoint endpoint, JoinOptions options, UndoStack undo, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await JoinInTurnAsync(endpoint, options, undo, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // Undone here, while the turn is still ours: nobody sees a half-joined sandbox.
            foreach (Exception failure in await undo.RollBackAsync().ConfigureAwait(false))
            {
                throw new AggregateException($"{endpoint.Subject}: joining failed and could not be taken back.", failure);
            }

            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Lets an endpoint out; everything that can be taken away is, and what failed is thrown at the end.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="isKept">Whether the endpoint stays. If not, the store knows already that it goes.</param>
    public async Task LeaveAsync(Endpoint endpoint, bool isKept)
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            Attachment? attachment = _attachments.FirstOrDefault(candidate => candidate.Endpoint == endpoint);
            if (attachment is null)
            {
                return;
            }

            if (isKept)
            {
                await endpoint.BeginLeaveAsync().ConfigureAwait(false);
            }

            // It counts as joined until all of this is done, so that a repeated call finishes what this one could not.
            _leaving.Add(endpoint);
            IReadOnlyList<Attachment> left = [.. _attachments.Where(candidate => candidate != attachment)];
            DefaultRoutes after = GatewayOrder.Choose(left);
            DefaultRoutes before = attachment.Join.IsCutByDriver ? _defaults.WithoutThoseOf(attachment.InterfaceName, after) : _defaults;
            endpoint.HideNames();   // before it is out of reach
            await Verb.TearDownAsync(
                endpoint.Subject,
                () => TellGatewayAsync(endpoint, gatewayIPv4: null, gatewayIPv6: null),
                () => RemoveInterfaceAsync(attachment),
                () => endpoint.Owner.Driver.LeaveAsync(endpoint.Owner.Id, endpoint.Id, CancellationToken.None),
                () => MoveDefaultRoutesAsync(before, after),
                () => TellGatewaysAsync(left)).ConfigureAwait(false);
            await endpoint.ForgetJoinAsync(isKept).ConfigureAwait(false);
            await endpoint.Owner.LetGoAsync(endpoint.Id).ConfigureAwait(false);
            Publish(left);
            _leaving.Remove(endpoint);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes up endpoints that an earlier process joined. Those whose interface is gone, or that were on their way in or out, are out then.</summary>
    /// <returns>The names of those that are out.</returns>
    public async Task<IReadOnlyList<string>> RestoreAsync(
        IReadOnlyList<(Endpoint Endpoint, KeptEndpoint Kept)> joined, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            List<string> gone = [];
            foreach ((Endpoint endpoint, KeptEndpoint kept) in joined)
            {
                DriverJoin join = kept.Join ?? new DriverJoin();
                Attachment? found = await FindAsync(endpoint, join, kept, cancellationToken).ConfigureAwait(false);
                if (found is not null && kept.JoinPhase == RecordPhase.Ready)
                {
                    Publish(Insert(found));
                    await endpoint.Owner.FollowAsync(endpoint.Id).ConfigureAwait(false);
                    endpoint.ShowNames();
                }
                else
                {
                    gone.Add(endpoint.Subject);
                    await TakeOutAsync(endpoint, found).ConfigureAwait(false);
                }
            }

            if (gone.Count > 0)
            {
                // Whoever joins or leaves moves the default routes; how far it had come is not to be seen.
                await MoveDefaultRoutesAsync(DefaultRoutes.None, _defaults).ConfigureAwait(false);
            }

            await TellGatewaysAsync(_attachments, cancellationToken).ConfigureAwait(false);
            foreach (Attachment attachment in _attachments)
            {
                attachment.Endpoint.ShowDetails();   // published ports are among them
            }

            await RestoreResolverAsync(cancellationToken).ConfigureAwait(false);
            return gone;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes out an endpoint that an earlier process had begun to let in or out.</summary>
    private async Task TakeOutAsync(Endpoint endpoint, Attachment? found)
    {
        if (found is { Join.SourceName: not null })
        {
            await RemoveInterfaceAsync(found).ConfigureAwait(false);
        }
        else if (found?.InterfaceName is { } name)
        {
            _cut[name] = found.InterfaceIndex;   // the driver made it, and nothing came after that: it goes with the driver's end
        }

        await endpoint.Owner.Driver.LeaveAsync(endpoint.Owner.Id, endpoint.Id, CancellationToken.None).ConfigureAwait(false);
        await endpoint.ForgetJoinAsync(isKept: !endpoint.IsUnderWay).ConfigureAwait(false);
    }

    /// <returns>The endpoint's place, or <see langword="null"/> when nothing is there any more.</returns>
    private async Task<Attachment?> FindAsync(Endpoint endpoint, DriverJoin join, KeptEndpoint kept, CancellationToken cancellationToken)
    {
        Network network = endpoint.Owner;
        DriverRestoreRequest request = new()
        {
            NetworkId = network.Id, EndpointId = endpoint.Id, SandboxId = Id, NamespacePath = NamespacePath, SandboxOptions = _options,
        };
        if (network.Driver is IRestorableDriver driver && !await driver.RestoreJoinAsync(request, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        Attachment attachment = new(endpoint, kept.GatewayPriority, kept.State.InterfaceName?.Value, join, kept.State.IPv6 is not null);
        if (_namespace is null || attachment.InterfaceName is null)
        {
            return attachment;
        }

        int? index = await _namespace.FindInterfaceAsync(attachment.InterfaceName, cancellationToken).ConfigureAwait(false);
        return index is { } found ? attachment with { InterfaceIndex = found } : null;
    }

    private async Task<bool> JoinInTurnAsync(Endpoint endpoint, JoinOptions options, UndoStack undo, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _deleting) != 0)
        {
            throw NetworkException.NotFound(Subject);
        }

        Network network = endpoint.Owner;
        if (_attachments.FirstOrDefault(attachment => attachment.Endpoint.Owner == network) is { } other)
        {
            throw NetworkException.Forbidden(Subject, $"is on {network.Subject} already", other.Endpoint.Subject, "let that endpoint leave first");
        }

        string name = InterfaceNameFor(endpoint, options, endpoint.InterfacePrefix);
        await FreeNameAsync(name, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<(string Key, string Value)> sysctls = EndpointSysctls.Parse(endpoint.Subject, endpoint.Options, name);
        EndpointState stateBefore = endpoint.State;
        InterfaceName interfaceName = new(name);
        undo.Push(() => network.LetGoAsync(endpoint.Id));
        await network.FollowAsync(endpoint.Id).ConfigureAwait(false);
        undo.Push(() => endpoint.TakeBackJoinAsync(stateBefore));
        await endpoint.BeginJoinAsync(Id, interfaceName, new DriverJoin(), cancellationToken).ConfigureAwait(false);
        DriverJoin join = await network.Driver.JoinAsync(RequestFor(endpoint, name), cancellationToken).ConfigureAwait(false);
        undo.Push(() => network.Driver.LeaveAsync(network.Id, endpoint.Id, CancellationToken.None));

        if (join.InterfacePrefix is { } prefix && !join.CreatedInSandbox)
        {
            name = InterfaceNameFor(endpoint, options, prefix);
            interfaceName = new InterfaceName(name);
            await FreeNameAsync(name, cancellationToken).ConfigureAwait(false);
            sysctls = EndpointSysctls.Parse(endpoint.Subject, endpoint.Options, name);
        }

        if (join.SourceName is not null && _namespace is null)
        {
            throw NetworkException.Forbidden(Subject, $"is the host's own network and cannot be put on {network.Subject}");
        }

        Attachment attachment = new(
            endpoint, options.GatewayPriority, join.SourceName is null ? null : name, join, endpoint.State.IPv6 is not null);
        IReadOnlyList<Attachment> attachmentsBefore = _attachments;
        DefaultRoutes defaultsBefore = _defaults;
        IReadOnlyList<Attachment> attachmentsAfter = Insert(attachment);
        undo.Push(() => MoveDefaultRoutesAsync(GatewayOrder.Choose(attachmentsAfter), defaultsBefore));
        if (_namespace is not null && attachment.InterfaceName is not null)
        {
            if (!join.IsCutByDriver)
            {
                await endpoint.BeginJoinAsync(Id, interfaceName, join, cancellationToken).ConfigureAwait(false);   // where to look for it
            }

            attachment = await AddInterfaceAsync(_namespace, attachment, sysctls, GatewayOrder.Choose(attachmentsAfter), undo, cancellationToken)
                .ConfigureAwait(false);
            attachmentsAfter = Insert(attachment);
        }

        await StartResolverAsync(attachment, undo, cancellationToken).ConfigureAwait(false);
        Publish(attachmentsAfter);
        undo.Push(() => Publish(attachmentsBefore));
        undo.Push(() => TellGatewaysAsync(attachmentsBefore));
        undo.Push(() => TellGatewayAsync(endpoint, gatewayIPv4: null, gatewayIPv6: null));
        await TellGatewaysAsync(attachmentsAfter, cancellationToken).ConfigureAwait(false);
        await network.RemoteReadyAsync(cancellationToken).ConfigureAwait(false);

        await endpoint.FinishJoinAsync(
            endpoint.State with
            {
                SandboxId = Id,
                IPv6 = attachment.HasIPv6 ? stateBefore.IPv6 : null,
                InterfaceName = attachment.InterfaceName is null ? null : interfaceName,
                GatewayIPv4 = join.GatewayIPv4,
                GatewayIPv6 = attachment.HasIPv6 ? join.GatewayIPv6 : null,
                PublishedPorts = endpoint.Published,
                Details = endpoint.ReadDetails(),
            },
            join, options.GatewayPriority, cancellationToken).ConfigureAwait(false);
        undo.Push(endpoint.HideNames);
        endpoint.ShowNames();
        if (stateBefore.IPv6 is { } lost && !attachment.HasIPv6)
        {
            await endpoint.ReleaseIPv6Async(lost).ConfigureAwait(false);   // last, because an address that was given back cannot be had again
        }

        return true;
    }

    private static async Task<Attachment> AddInterfaceAsync(
        SandboxNamespace inside, Attachment attachment, IReadOnlyList<(string Key, string Value)> sysctls, DefaultRoutes defaults, UndoStack undo,
        CancellationToken cancellationToken)
    {
        InterfacePlan plan = PlanOf(attachment, sysctls);
        undo.Push(async () => await inside.RemoveInterfaceAsync(plan.Name, plan.MoveFrom).ConfigureAwait(false));
        (int index, bool hasIPv6) = await inside.AddInterfaceAsync(plan, defaults, cancellationToken).ConfigureAwait(false);
        return attachment with { InterfaceIndex = index, HasIPv6 = attachment.HasIPv6 && hasIPv6 };
    }

    private DriverJoinRequest RequestFor(Endpoint endpoint, string interfaceName) => new()
    {
        NetworkId = endpoint.Owner.Id,
        EndpointId = endpoint.Id,
        SandboxId = Id,
        NamespacePath = NamespacePath,
        NamespaceDescriptor = Namespace.Descriptor,
        InterfaceName = new InterfaceName(interfaceName),
        SandboxOptions = _options,
    };

    private static InterfacePlan PlanOf(Attachment attachment, IReadOnlyList<(string Key, string Value)> sysctls)
    {
        EndpointState state = attachment.Endpoint.State;
        DriverJoin join = attachment.Join;
        return new InterfacePlan
        {
            Name = attachment.InterfaceName!,   // the callers checked
            MoveFrom = join.CreatedInSandbox ? null : join.SourceName?.Value,
            MacAddress = state.MacAddress,
            IPv4 = state.IPv4,
            IPv6 = state.IPv6,
            LinkLocalAddresses = state.LinkLocalAddresses,
            OwnsSegment = join.OwnsSegment,
            Sysctls = sysctls,
            Routes = join.Routes,
            HostInterfaces = join.HostInterfaces,
        };
    }

    private async ValueTask RemoveInterfaceAsync(Attachment attachment)
    {
        if (_namespace is not null && attachment.InterfaceName is { } name)
        {
            if (attachment.Join.IsCutByDriver)
            {
                _cut[name] = attachment.InterfaceIndex;
                return;
            }

            string? moveBackTo = attachment.Join.CreatedInSandbox ? null : attachment.Join.SourceName?.Value;
            await _namespace.RemoveInterfaceAsync(name, moveBackTo).ConfigureAwait(false);
        }
    }

    private async ValueTask MoveDefaultRoutesAsync(DefaultRoutes from, DefaultRoutes to)
    {
        if (_namespace is not null && Volatile.Read(ref _deleting) == 0 && from != to)
        {
            await _namespace.SetDefaultRoutesAsync(from, to, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Makes a new list of attachments the one that everybody sees.</summary>
    private void Publish(IReadOnlyList<Attachment> attachments)
    {
        _attachments = attachments;
        _defaults = GatewayOrder.Choose(attachments);
        (EndpointId? ipv4, EndpointId? ipv6) = GatewayOrder.First(attachments);
        State = State with
        {
            Endpoints = [.. attachments.Select(attachment => attachment.Endpoint.Id)],
            GatewayIPv4 = ipv4,
            GatewayIPv6 = ipv6,
        };
        ShowToResolver();
    }

    private List<Attachment> Insert(Attachment attachment)
    {
        List<Attachment> attachments = [.. _attachments.Where(candidate => candidate.Endpoint != attachment.Endpoint)];
        int index = attachments.FindIndex(candidate => GatewayOrder.Instance.Compare(attachment, candidate) <= 0);
        attachments.Insert(index < 0 ? attachments.Count : index, attachment);
        return attachments;
    }

    /// <summary>Those that are no gateway hear of it first: their ports are free then for the one that is.</summary>
    private static async ValueTask TellGatewaysAsync(IReadOnlyList<Attachment> attachments, CancellationToken cancellationToken = default)
    {
        (EndpointId? ipv4, EndpointId? ipv6) = GatewayOrder.First(attachments);
        foreach (Attachment attachment in attachments.OrderBy(attachment => attachment.Endpoint.Id == ipv4 || attachment.Endpoint.Id == ipv6))
        {
            await TellGatewayAsync(attachment.Endpoint, ipv4, ipv6, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask TellGatewayAsync(
        Endpoint endpoint, EndpointId? gatewayIPv4, EndpointId? gatewayIPv6, CancellationToken cancellationToken = default)
    {
        if (endpoint.Owner.Driver is IExternalConnectivityDriver driver)
        {
            IReadOnlyList<PortBinding> published = await driver.ProgramExternalConnectivityAsync(
                endpoint.Owner.Id, endpoint.Id, gatewayIPv4, gatewayIPv6, cancellationToken).ConfigureAwait(false);
            bool isStaying = endpoint.State.SandboxId is not null && (gatewayIPv4 ?? gatewayIPv6) is not null;   // otherwise its own verb stores it
            await endpoint.ShowPublishedAsync(published, isStaying).ConfigureAwait(false);
        }
    }

    private async ValueTask FreeNameAsync(string name, CancellationToken cancellationToken)
    {
        if (_namespace is not null && _cut.TryGetValue(name, out int cutIndex))
        {
            await _namespace.FreeNameAsync(name, cutIndex, cancellationToken).ConfigureAwait(false);
            _cut.Remove(name);   // not before it is free: a call that fails here is made again
        }
    }

    private string InterfaceNameFor(Endpoint endpoint, JoinOptions options, string prefix)
    {
        HashSet<string> taken = [.. _attachments.Select(attachment => attachment.InterfaceName).OfType<string>()];
        string? wanted = options.InterfaceName?.Value
            ?? (endpoint.Options.TryGetValue(NetworkLabels.InterfaceName, out string? label) ? new InterfaceName(label, NetworkLabels.InterfaceName).Value : null);
        if (wanted is not null)
        {
            string? holder = _attachments.FirstOrDefault(attachment => attachment.InterfaceName == wanted)?.Endpoint.Subject;
            return holder is null && wanted != "lo"
                ? wanted
                : throw NetworkException.Conflict(Subject, $"interface name \"{wanted}\" is held by {holder ?? "loopback"}", holder ?? "loopback");
        }

        int number = 0;
        while (taken.Contains(prefix + number.ToString(CultureInfo.InvariantCulture)))
        {
            number++;
        }

        return new InterfaceName(prefix + number.ToString(CultureInfo.InvariantCulture), NetworkLabels.InterfacePrefix).Value;
    }
}
