using LibNetwork.Controller.Outlining;
using LibNetwork.Drivers;
using LibNetwork.Firewall;
using LibNetwork.Stores;

namespace LibNetwork.Controller;

/// <content>Processes that live for one verb.</content>
public sealed partial class NetworkController : IScopedController
{
    private const string BootId = "/proc/sys/kernel/random/boot_id";

    private Outline? _rest;   // what is on record and was not taken up

    /// <summary>Whether all on record is taken up or kept in short.</summary>
    internal bool IsWhole { get; set; }

    /// <summary>Where outlines are left.</summary>
    internal OutlineFile Outlines => new(_options.RunDirectory);

    /// <summary>What an outline is about: another host, or this one after another start, is another place.</summary>
    internal string Place => $"{File.ReadAllText(BootId).Trim()} {Services.Kernel.HostNamespace.Identity}";

    /// <inheritdoc/>
    public Task<RestoreReport> RestorePartAsync(RestoreScope scope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return RestoreOnceAsync(scope, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> LeaveOutlineAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (!IsWhole || Services.Kernel.IsSubstitute || Services.Firewall is not IResumableFirewall firewall || !IsPlain
            || await Services.Store.GetAsync(LostState.Key, cancellationToken).ConfigureAwait(false) is not null
            || await firewall.ReadIdentityAsync(cancellationToken).ConfigureAwait(false) is not { } identity)
        {
            return false;
        }

        Outlines.Leave(new Outline(
            Place,
            identity,
            [.. _networks.Values.Select(static network => new OutlinedNetwork(network.Id, network.Name)), .. _rest?.Networks ?? []],
            [.. _sandboxes.Values.Select(static sandbox => new OutlinedSandbox(sandbox.Id, sandbox.ContainerId)), .. _rest?.Sandboxes ?? []],
            [.. _networks.Values.SelectMany(static network => network.Outlined), .. _rest?.Endpoints ?? []]));
        return true;
    }

    /// <summary>Keeps the names of what was not taken up, so that nobody gets them twice.</summary>
    internal void Keep(Outline rest)
    {
        _rest = rest;
        foreach (OutlinedNetwork network in rest.Networks)
        {
            _networkNames[network.Name] = network.Id;
            _networkIds[network.Id] = $"network \"{network.Name}\"";
        }

        foreach (OutlinedSandbox sandbox in rest.Sandboxes)
        {
            _containers[sandbox.ContainerId] = sandbox.Id;
        }
    }

    /// <summary>Whether a part can be understood without the rest: not what has parts elsewhere, or in other networks and sandboxes, nor resolvers, which must stay.</summary>
    private bool IsPlain => _networks.Values.All(static network => network is { State: { ConfigOnly: false, ConfigFrom: null, Scope: NetworkScope.Local }, IsPlain: true })
        && _sandboxes.Values.All(static sandbox => sandbox.ToSpec() is { Options.Count: 0, Dns.IsEnabled: false });

    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotSupported"/>: something was not taken up.</exception>
    private void ThrowIfPartial(string subject)
    {
        if (_rest is not null)
        {
            throw new NetworkException(NetworkErrorKind.NotSupported, subject, "cannot be made by a controller that took up only a part of the host")
            {
                Remedy = $"call {nameof(RestoreAsync)} without a scope",
            };
        }
    }
}
