using System.Diagnostics.CodeAnalysis;
using LibNetwork.Sandboxes;
using LibNetwork.Stores;

namespace LibNetwork.Controller;

public sealed partial class NetworkController
{
    private const int ShortId = 12;

    /// <inheritdoc/>
    public Task<ISandbox> CreateSandboxAsync(SandboxSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        ObjectName.Checked(spec.ContainerId, "sandbox", nameof(spec.ContainerId));
        return Verb.RunAsync(
            $"sandbox of container \"{spec.ContainerId}\"", Services.Logger, undo => CreateSandboxAsync(spec, undo, cancellationToken));
    }

    /// <inheritdoc/>
    public ISandbox GetSandbox(string idOrContainerId)
    {
        ObjectName.Checked(idOrContainerId, "sandbox", "IdOrContainerId");
        return Find(idOrContainerId) ?? throw NetworkException.NotFound($"sandbox \"{idOrContainerId}\"");
    }

    /// <inheritdoc/>
    public bool TryGetSandbox(string idOrContainerId, [NotNullWhen(true)] out ISandbox? sandbox)
    {
        ArgumentNullException.ThrowIfNull(idOrContainerId);
        sandbox = Find(idOrContainerId);
        return sandbox is not null;
    }

    /// <inheritdoc/>
    public Task DeleteSandboxAsync(string idOrContainerId, CancellationToken cancellationToken = default)
    {
        ObjectName.Checked(idOrContainerId, "sandbox", "IdOrContainerId");
        return Find(idOrContainerId)?.DeleteAsync(cancellationToken) ?? Task.CompletedTask;
    }

    internal Sandbox? FindSandbox(SandboxId id) => _sandboxes.GetValueOrDefault(id);

    /// <summary>The object of this controller behind an interface.</summary>
    internal Sandbox Own(ISandbox sandbox)
    {
        ArgumentNullException.ThrowIfNull(sandbox);
        return FindSandbox(sandbox.Id) is { } own && ReferenceEquals(own, sandbox)
            ? own
            : throw NetworkException.NotFound($"sandbox of container \"{sandbox.ContainerId}\"");
    }

    internal void Forget(Sandbox sandbox)
    {
        _reconciler?.Forget(sandbox);
        _sandboxes.TryRemove(sandbox.Id, out _);
        _containers.TryRemove(sandbox.ContainerId, out _);
        Log.SandboxDeleted(Services.Logger, sandbox.ContainerId, sandbox.Id);
    }

    private Sandbox? Find(string idOrContainerId)
        => _containers.TryGetValue(idOrContainerId, out SandboxId id)
            ? FindSandbox(id)
            : _sandboxes.Values.FirstOrDefault(sandbox => sandbox.Id.Value == idOrContainerId);

    private async Task<ISandbox> CreateSandboxAsync(SandboxSpec spec, UndoStack undo, CancellationToken cancellationToken)
    {
        SandboxId id = SandboxId.New();
        if (!_containers.TryAdd(spec.ContainerId, id))
        {
            throw NetworkException.Forbidden(
                $"sandbox of container \"{spec.ContainerId}\"", "exists already", $"sandbox {_containers.GetValueOrDefault(spec.ContainerId)}");
        }

        undo.Push(() => _containers.TryRemove(spec.ContainerId, out _));
        SandboxState state = new()
        {
            Id = id,
            ContainerId = spec.ContainerId,
            NamespacePath = spec.UseHostNamespace
                ? Services.HostNamespacePath
                : Path.Combine(Services.NamespaceDirectory, id.Value[..ShortId]),
            UsesHostNamespace = spec.UseHostNamespace,
            Dns = spec.Dns,
        };
        undo.Push(async () => await Services.Store.TryCommitAsync(
            StoreRecords.Delete(StoreKeys.Sandbox(id), StoreDurability.Process), CancellationToken.None).ConfigureAwait(false));
        await Services.Store.TryCommitAsync(StoreRecords.Put(state, spec.Options, RecordPhase.Creating), cancellationToken).ConfigureAwait(false);

        SandboxNamespace? inside = null;
        if (!spec.UseHostNamespace)
        {
            await HostOwnership.EnsureAsync(Services.Kernel, cancellationToken).ConfigureAwait(false);
            EnsureNamespaceDirectory();
            string mark = SandboxMark.Of(Services.Kernel.HostNamespace, state);
            inside = await SandboxNamespace.CreateAsync(Services.Kernel, Services.Time, state.NamespacePath, mark, cancellationToken).ConfigureAwait(false);
            undo.Push(async () => await inside.RemoveAsync().ConfigureAwait(false));
        }

        await Services.Store.TryCommitAsync(StoreRecords.Put(state, spec.Options, RecordPhase.Ready), cancellationToken).ConfigureAwait(false);
        Sandbox sandbox = new(this, state, inside, spec.Options);
        await KeepAsync(sandbox, cancellationToken).ConfigureAwait(false);
        _sandboxes[id] = sandbox;
        Log.SandboxCreated(Services.Logger, spec.ContainerId, id, state.NamespacePath);
        return sandbox;
    }

    private void EnsureNamespaceDirectory()
    {
        try
        {
            Directory.CreateDirectory(Services.NamespaceDirectory);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new NetworkException(NetworkErrorKind.PermissionDenied, $"folder {Services.NamespaceDirectory}", "cannot be made", exception)
            {
                Remedy = $"run as root, or set {nameof(LibNetworkOptions)}.{nameof(LibNetworkOptions.RunDirectory)}",
            };
        }
    }
}
