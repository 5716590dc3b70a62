using LibNetwork.Drivers;
using LibNetwork.ServiceDiscovery.Names;
using LibNetwork.Stores;

namespace LibNetwork.Controller;

/// <content>Another name.</content>
internal sealed partial class Endpoint
{
    public bool IsDeleted => Volatile.Read(ref _isDeleted);

    public Task RenameAsync(string name, CancellationToken cancellationToken = default)
        => Renaming.RunAsync(
            Subject,
            ObjectName.Checked(name, "endpoint"),
            [this],
            static endpoint => !endpoint.IsDeleted ? true : throw NetworkException.NotFound(endpoint.Subject),
            Services,
            cancellationToken);

    /// <summary>Begins the endpoint's turn, in which no other verb touches it.</summary>
    public Task EnterAsync(CancellationToken cancellationToken) => _turn.WaitAsync(cancellationToken);

    /// <summary>Ends the endpoint's turn.</summary>
    public void Exit() => _turn.Release();

    /// <summary>Takes the new name, and tells everybody of it but the store and those who ask for names. In the endpoint's turn.</summary>
    public async Task BeginRenameAsync(string name, UndoStack undo, CancellationToken cancellationToken)
    {
        DnsNameRules.Check(Renamed(name).DnsNames, Subject, nameof(name));
        Owner.ReserveName(name, Id);
        undo.Push(() => Owner.ReleaseName(name));
        if (Owner.Driver is IEndpointNameDriver driver)
        {
            undo.Push(() => driver.RenameEndpointAsync(Owner.Id, Id, Name, CancellationToken.None));
            await driver.RenameEndpointAsync(Owner.Id, Id, name, cancellationToken).ConfigureAwait(false);
        }

        foreach ((string? poolId, InterfaceAddress? address) in new[] { (_poolIPv4, State.IPv4), (_poolIPv6, State.IPv6) })
        {
            if (poolId is not null && address is { } held)
            {
                undo.Push(() => EndpointAddresses.RenameAsync(Owner, poolId, held.Address, Name, CancellationToken.None));
                await EndpointAddresses.RenameAsync(Owner, poolId, held.Address, name, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Its record with a name.</summary>
    public StoreTransaction RecordAs(string name) => StoreRecords.Put(Kept(Renamed(name)), RecordPhase.Ready, StoreDurability.Disk);

    /// <summary>The store has the new name.</summary>
    public void FinishRename(string name)
    {
        string before = Name;
        State = Renamed(name);
        Owner.ReleaseName(before);
        if (State.SandboxId is not null)
        {
            ShowNames();
        }
    }

    private EndpointState Renamed(string name) => name == Name ? State : State with
    {
        Name = name,
        DnsNames = [.. State.DnsNames.Select(own => own.Equals(Name, StringComparison.OrdinalIgnoreCase) ? name : own)],
    };
}
