using System.Diagnostics.CodeAnalysis;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
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
        if (spec.NamespacePath is not null && (spec.UseHostNamespace || spec.NamespacePath.Length == 0))
        {
            throw NetworkException.InvalidArgument(
                $"sandbox of container \"{spec.ContainerId}\"", nameof(spec.NamespacePath), spec.UseHostNamespace ? "is given for the host's own network" : "is empty");
        }

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
        StartFollowing();
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
            UsesGivenNamespace = spec.NamespacePath is not null,
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
            inside = await MakeNamespaceAsync(spec, state, cancellationToken).ConfigureAwait(false);
            undo.Push(async () => _ = state.UsesGivenNamespace
                ? await inside.ReturnAsync().ConfigureAwait(false)
                : await inside.RemoveAsync().ConfigureAwait(false));
        }

        await Services.Store.TryCommitAsync(StoreRecords.Put(state, spec.Options, RecordPhase.Ready), cancellationToken).ConfigureAwait(false);
        Sandbox sandbox = new(this, state, inside, spec.Options);
        await KeepAsync(sandbox, cancellationToken).ConfigureAwait(false);
        _sandboxes[id] = sandbox;
        Log.SandboxCreated(Services.Logger, spec.ContainerId, id, state.NamespacePath);
        return sandbox;
    }

    private async Task<SandboxNamespace> MakeNamespaceAsync(SandboxSpec spec, SandboxState state, CancellationToken cancellationToken)
    {
        string mark = SandboxMark.Of(Services.Kernel.HostNamespace, state);
        if (spec.NamespacePath is not { } given)
        {
            return await SandboxNamespace.CreateAsync(Services.Kernel, Services.Time, state.NamespacePath, mark, cancellationToken).ConfigureAwait(false);
        }

        string subject = $"sandbox of container \"{spec.ContainerId}\"";
        try
        {
            return await SandboxNamespace.AdoptAsync(
                Services.Kernel, Services.Time, given, state.NamespacePath, mark, (inside, present) => RefuseTaken(subject, given, inside, present), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (KernelException refused) when (refused.Errno is LinuxErrno.ENOENT or LinuxErrno.EINVAL && refused.Subject == given)
        {
            throw NetworkException.InvalidArgument(
                subject, nameof(spec.NamespacePath), $"\"{given}\" " + (refused.Errno == LinuxErrno.ENOENT ? "does not exist" : "is not a network namespace"));
        }
    }

    /// <summary>A namespace is one sandbox's, and the host's is nobody's.</summary>
    private void RefuseTaken(string subject, string given, NetworkNamespace inside, string? mark)
    {
        if (inside.Identity == Services.Kernel.HostNamespace.Identity)
        {
            throw NetworkException.InvalidArgument(
                subject, nameof(SandboxSpec.NamespacePath), $"\"{given}\" is the host's own network; ask for that with {nameof(SandboxSpec.UseHostNamespace)}");
        }

        if (SandboxMark.Read(Services.Kernel.HostNamespace, mark) is { } known && _containers.TryGetValue(known.ContainerId, out SandboxId holder) && holder == known.Id)
        {
            throw NetworkException.Forbidden(subject, $"namespace \"{given}\" is another sandbox's", $"sandbox of container \"{known.ContainerId}\"");
        }
    }

    private void EnsureNamespaceDirectory()
    {
        try
        {
            Services.Kernel.PrepareFolder(Services.NamespaceDirectory);
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
