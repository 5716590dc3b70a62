using System.Collections.Immutable;
using System.Net;
using LibNetwork.Sandboxes;
using LibNetwork.ServiceDiscovery.Listening;
using LibNetwork.ServiceDiscovery.Names;

namespace LibNetwork.Controller;

internal sealed partial class Sandbox
{
    private Resolver? _resolver;

    /// <summary>The addresses of a name, as the resolver's view has them.</summary>
    public IReadOnlyList<IPAddress> FindAddresses(string name)
        => _resolver is { } resolver && NameKey.TryParse(name.TrimEnd('.'), out NameKey key) && resolver.View.Find(key.Labels.ToArray(), key.Labels.Length) is { } found
            ? [.. found.IPv4.Chunk(4).Concat(found.IPv6.Chunk(16)).Select(static bytes => new IPAddress(bytes))]
            : [];

    /// <summary>Starts the resolver with the first endpoint that wants it.</summary>
    private async ValueTask StartResolverAsync(Attachment attachment, UndoStack undo, CancellationToken cancellationToken)
    {
        if (_namespace is null || _resolver is not null || !WantsResolver(attachment))
        {
            return;
        }

        Resolver started = await Services.Resolvers.StartAsync(Id, ContainerId, _namespace.Namespace, State.Dns, cancellationToken).ConfigureAwait(false);
        undo.Push(async () =>
        {
            StopResolver();
            await Services.Resolvers.RemoveRedirectionAsync(_namespace.Namespace).ConfigureAwait(false);
        });
        _resolver = started;
    }

    /// <summary>Starts the resolver of a sandbox whose endpoints an earlier process joined.</summary>
    private async ValueTask RestoreResolverAsync(CancellationToken cancellationToken)
    {
        if (_namespace is not null && _attachments.Any(WantsResolver))
        {
            _resolver = await Services.Resolvers.RestoreAsync(Id, ContainerId, _namespace.Namespace, State.Dns, cancellationToken).ConfigureAwait(false);
            ShowToResolver();
        }
    }

    private void StopResolver()
    {
        if (Interlocked.Exchange(ref _resolver, null) is { } resolver)
        {
            Services.Resolvers.Stop(resolver);
        }
    }

    /// <summary>Lets the resolver know what the sandbox may ask now.</summary>
    private void ShowToResolver()
    {
        if (_resolver is not null)
        {
            _resolver.View = new SandboxView
            {
                Networks = [.. _attachments.Where(attachment => !attachment.IsGatewayNetwork)
                    .Select(attachment => new ViewNetwork(attachment.Endpoint.Owner.Names, ViewNetwork.LinksOf(attachment.Endpoint.State.Discovery.Links)))],
                SearchDomains = [.. State.Dns.SearchDomains
                    .Select(domain => NameKey.TryParse(domain.TrimEnd('.'), out NameKey key) ? key : (NameKey?)null).OfType<NameKey>()],
                KeepsUndotted = State.Dns.KeepsUndottedNames,
                HasWayOut = _attachments.Any(attachment => attachment.FamiliesOffered > 0),
                Egress = EgressOf(_attachments),
            };
        }
    }

    private bool WantsResolver(Attachment attachment)
        => State.Dns.IsEnabled && attachment.InterfaceName is not null && !attachment.IsGatewayNetwork && !attachment.Endpoint.State.Discovery.DisableResolver;
}
